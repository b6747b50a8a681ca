using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Postgres;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Cluster;

/// <summary>A test with nodes of a cluster of its own: processes of the built server on a schema of its own.</summary>
public abstract class ClusterTest(PostgresFixture postgres, ITestOutputHelper output) : ServerTest(output)
{
    private protected const string SharedSecret = "the-secret-of-the-tests";

    private string? _connection;

    private protected PostgresServer Postgres => postgres.Server;

    private protected string Connection => _connection ?? throw new InvalidOperationException("Start a node first.");

    private protected string Schema => Connection[(Connection.LastIndexOf('=') + 1)..];

    /// <summary>Makes the setup of a node.</summary>
    private protected async Task<ServerSetup> NodeAsync(string name)
    {
        _connection ??= await Postgres.CreateSchemaAsync();
        return Setup with
        {
            Port = Ports.Free(),
            Arguments = ["--cluster", _connection, "--node", name, "--advertise", "127.0.0.1", "--cluster-port", $"{Ports.Free()}"],
            Secret = SharedSecret,
        };
    }

    /// <summary>Starts nodes side by side, and waits until all are members.</summary>
    private protected async Task<ServerProcess[]> StartNodesAsync(int count)
    {
        var setups = new List<ServerSetup>();
        for (var i = 1; i <= count; i++)
            setups.Add(await NodeAsync($"n{i}"));
        var nodes = await Task.WhenAll(setups.Select(StartAsync));
        await MembersAsync(nodes);
        return nodes;
    }

    /// <summary>Waits until exactly these nodes are members and ready.</summary>
    private protected Task MembersAsync(params ServerProcess[] nodes) => Eventually.TrueAsync(
        async () => await NodeRows.MembersAsync(Postgres, Schema) == nodes.Length && (await Task.WhenAll(nodes.Select(IsReadyAsync))).All(ready => ready),
        $"{nodes.Length} members, all ready",
        TimeSpan.FromSeconds(60));

    /// <summary>Finds the node that runs a session: the one that claimed its shard last.</summary>
    private protected async Task<ServerProcess> OwnerAsync(IEnumerable<ServerProcess> nodes, string session)
    {
        var owner = await NodeRows.OwnerAsync(Postgres, Schema, session);
        return nodes.Single(node => node.Setup.Arguments.Contains(owner));
    }

    /// <summary>Creates a session that a node runs.</summary>
    private protected async Task<string> CreateOnAsync(ServerProcess owner, IReadOnlyList<ServerProcess> nodes)
    {
        for (var tries = 0; tries < 100; tries++)
        {
            var session = await owner.Api.CreateSessionAsync();
            if ((await OwnerAsync(nodes, session)).Id == owner.Id)
                return session;
        }

        throw new InvalidOperationException("None of 100 sessions is on the node: it gets no shards.");
    }

    private static async Task<bool> IsReadyAsync(ServerProcess node)
    {
        using var answer = await node.Api.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/health/ready"));
        return answer.IsSuccessStatusCode;
    }
}
