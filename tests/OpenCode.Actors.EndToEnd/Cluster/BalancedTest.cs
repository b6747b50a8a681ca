using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Postgres;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Cluster;

/// <summary>A test with three nodes behind the shipped balancer.</summary>
public abstract class BalancedTest(PostgresFixture postgres, ITestOutputHelper output) : ClusterTest(postgres, output)
{
    private protected ServerProcess[] Nodes { get; private set; } = [];

    private protected NginxProcess Balancer { get => field ?? throw new InvalidOperationException("Start it first."); private set; }

    private protected async Task StartBalancedAsync()
    {
        Needs.Nginx();
        Nodes = await StartNodesAsync(3);
        Balancer = Own(await NginxProcess.BalanceAsync(Nodes.Select(node => node.Root), Folder.Sub("nginx")));
    }

    /// <summary>Starts a killed node anew, and waits until it is a member.</summary>
    private protected async Task ReviveAsync(ServerProcess killed)
    {
        Nodes[Array.IndexOf(Nodes, killed)] = await RestartAsync(killed);
        await MembersAsync(Nodes);
    }

    /// <summary>Finds the order in which the balancer takes the nodes for reads and streams; a node that was away has its turn again after some seconds.</summary>
    /// <returns>The nodes, first the one that gets the next request.</returns>
    private protected Task<ServerProcess[]> TurnsAsync() => TurnsAsync(() => new HttpRequestMessage(HttpMethod.Get, "/global/health"));

    /// <summary>The same for prompts, which have turns of their own. The prompts it sends are of a session that there is not.</summary>
    private protected Task<ServerProcess[]> PromptTurnsAsync() => TurnsAsync(StrayPrompt);

    /// <summary>Takes one turn of those for prompts.</summary>
    /// <returns>The node that gets the next prompt.</returns>
    private protected async Task<ServerProcess> SkipPromptTurnAsync()
    {
        using var api = new Api(Balancer.Root);
        using var answer = await api.SendAsync(StrayPrompt());
        return (await PromptTurnsAsync())[0];
    }

    private static HttpRequestMessage StrayPrompt() => new(HttpMethod.Post, "/session/ses_00000000000000000000000000/message")
    {
        Content = new StringContent("{\"parts\":[{\"type\":\"text\",\"text\":\"x\"}]}"),
    };

    private async Task<ServerProcess[]> TurnsAsync(Func<HttpRequestMessage> make)
    {
        using var api = new Api(Balancer.Root);
        var asked = new List<string>();
        await Eventually.TrueAsync(
            async () =>
            {
                using var answer = await api.SendAsync(make());
                asked.Insert(0, answer.Headers.GetValues("X-Node").Single());
                return asked.Take(3).Distinct().Count() == 3 && asked.Take(3).SequenceEqual(asked.Skip(3).Take(3));
            },
            "the balancer to take all nodes in turn");
        return [.. asked.Take(3).Reverse().Select(address => Nodes.Single(node => node.Root.Authority == address))];
    }
}
