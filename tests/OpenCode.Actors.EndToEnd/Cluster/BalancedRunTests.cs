using System.Text.RegularExpressions;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Postgres;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Cluster;

/// <summary>The real <c>opencode run --attach</c> through the balancer, where each of its requests reaches another node than the one before.</summary>
[Collection(UndisturbedTests.Name)]
public sealed class BalancedRunTests(PostgresFixture postgres, ITestOutputHelper output) : BalancedTest(postgres, output)
{
    private const int Words = 60;

    // What a node is for one run.
    private enum Part
    {
        /// <summary>It serves the stream.</summary>
        Stream,

        /// <summary>The prompt entered there, and waits for its answer.</summary>
        Entry,

        /// <summary>Neither.</summary>
        Other,
    }

    [SkippableFact]
    public async Task Run_attach_prints_the_answer_through_all_nodes_and_when_one_is_killed_in_mid_turn_that_does_not_own_the_session()
    {
        await StartBalancedAsync();
        for (var n = 1; n <= Scale.Of(2, 50); n++)
        {
            var run = await OpenCodeRun.AttachAsync(Balancer.Root, "hello", Folder);
            Assert.True(run.ExitCode == 0 && run.Output.Contains("hello", StringComparison.Ordinal), $"Run {n}: {run}");
        }

        foreach (var (owner, victim) in Scale.FirstOf(1, (Part.Entry, Part.Stream), (Part.Other, Part.Entry), (Part.Entry, Part.Other)))
        {
            var (run, _, killed) = await KillInMidTurnAsync(owner, victim);

            Assert.True(run.ExitCode == 0 && run.Output.Contains($"word{Words}", StringComparison.Ordinal), $"Owner {owner}, killed {victim}: {run}");
            await ReviveAsync(killed);
        }
    }

    [SkippableFact]
    public async Task Run_attach_says_what_became_of_its_turn_when_the_owner_is_killed_and_goes_on_with_the_session()
    {
        await StartBalancedAsync();
        foreach (var owner in Scale.FirstOf(1, Part.Other, Part.Entry, Part.Stream))
        {
            var (run, session, killed) = await KillInMidTurnAsync(owner, owner);
            var next = await OpenCodeRun.AttachAsync(Balancer.Root, "hello again", Folder, session: session);

            Assert.True(run.Errors.Contains("Aborted: the server stopped before this turn had ended.", StringComparison.Ordinal), $"Owner and killed {owner}: {run}");
            Assert.True(next.ExitCode == 0 && next.Output.Contains("hello", StringComparison.Ordinal), $"{next}");
            await ReviveAsync(killed);
        }
    }

    // run asks for its session, the configuration and its stream, in this order, and then for its answer; the balancer takes the nodes in turn, and those for prompts apart.
    private async Task<(OpenCodeRun Run, string Session, ServerProcess Killed)> KillInMidTurnAsync(Part owner, Part victim, int tries = 3)
    {
        var stream = (await TurnsAsync())[2];
        var entry = (await PromptTurnsAsync())[0];
        if (entry.Id == stream.Id)
            entry = await SkipPromptTurnAsync();
        var nodes = new Dictionary<Part, ServerProcess> { [Part.Entry] = entry, [Part.Stream] = stream, [Part.Other] = Nodes.Single(node => node.Id != entry.Id && node.Id != stream.Id) };
        var session = await CreateOnAsync(nodes[owner], Nodes);
        await using var process = OpenCodeRun.Start(Balancer.Root, $"slow: {Words}", Folder, session: session);
        await Eventually.TrueAsync(
            async () => Regex.IsMatch($"{(await nodes[owner].Api.GetAsync($"/session/{session}/message"))}", @"word10\b", RegexOptions.None, TimeSpan.FromSeconds(5)),
            $"half an answer; {process.Errors}{process.Output}");
        if (tries > 1 && nodes[owner].Id != (await OwnerAsync(Nodes, session)).Id)
        {
            // Moved between its creation and its turn, as happens after a node has come back.
            await OpenCodeRun.EndAsync(process);
            return await KillInMidTurnAsync(owner, victim, tries - 1);
        }

        Assert.Equal(nodes[owner].Id, (await OwnerAsync(Nodes, session)).Id);
        Assert.True(await HasStreamAsync(nodes[Part.Stream]), "The stream is not where it should be.");

        await nodes[victim].KillAsync();
        var run = await OpenCodeRun.EndAsync(process);
        Output.WriteLine($"The owner was {owner}, killed was {victim}: {run}");
        return (run, session, nodes[victim]);
    }

    private static async Task<bool> HasStreamAsync(ServerProcess node)
    {
        using var answer = await node.Api.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/metrics"));
        return Regex.IsMatch(await answer.Content.ReadAsStringAsync(), @"(?m)^opencode_streams_open.* 1$", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5));
    }
}
