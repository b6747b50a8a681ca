using System.Text.Json;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Postgres;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Cluster;

/// <summary>A program on <c>@opencode-ai/sdk</c>, unchanged, that works and listens through the balancer while nodes are killed.</summary>
[Collection(UndisturbedTests.Name)]
public sealed class BalancedSdkTests(PostgresFixture postgres, ITestOutputHelper output) : BalancedTest(postgres, output)
{
    [SkippableFact]
    public async Task A_program_and_its_stream_go_on_without_a_gap_whichever_node_is_killed_in_mid_turn()
    {
        await StartBalancedAsync();
        await using var witness = new Witness(Postgres);
        await using var before = await Nodes[0].ListenAsync();
        var start = await before.WaitForTypeAsync("server.connected");
        await using var sdk = new NodeClient("sdk.mjs", "work", Balancer.Root.ToString(), Folder.Sub("project"));
        for (var n = 0; n < Scale.Of(2, 12); n++)
        {
            var session = await NextSlowTurnAsync(sdk);
            var owner = await OwnerAsync(Nodes, session);
            var victim = n % 2 == 0 ? owner : Nodes.Where(node => node.Id != owner.Id).ElementAt(n / 2 % 2);
            Output.WriteLine($"Killed node {Array.IndexOf(Nodes, victim) + 1}, {(n % 2 == 0 ? "the owner" : "not the owner")} of the turn under way, after {Turns(sdk).Count} turns.");
            await victim.KillAsync();
            await ReviveAsync(victim);
        }

        await NextSlowTurnAsync(sdk);
        await sdk.TellAsync("stop");
        await Eventually.TrueAsync(() => sdk.Lines.Any(l => l.Has("done")), "the program to finish", TimeSpan.FromSeconds(60));
        await CheckAsync(sdk, start.Id!, witness);
    }

    // Compares its stream with the log of another node.
    private async Task CheckAsync(NodeClient sdk, string start, Witness witness)
    {
        var last = await Nodes[0].Api.CreateSessionAsync();
        await Eventually.TrueAsync(() => Events(sdk).Any(e => e.Text("properties", "sessionID") == last), "the last event at the SDK");
        await using var reference = await Nodes[1].ListenAsync(lastEventId: start);
        await reference.WaitForTypeAsync("session.created", last);

        var (turns, events) = (Turns(sdk), Events(sdk).Where(e => e.Text("type") is not ("server.connected" or "server.heartbeat")).ToList());
        foreach (var failed in sdk.Lines.Where(l => l.Has("failed")))
            Output.WriteLine($"{failed}");
        Output.WriteLine($"{turns.Count} turns, {turns.Count(t => t.Has("error"))} of them aborted; its stream was lost {sdk.Lines.Count(l => l.Has("lost"))} times; {events.Count} events.");
        Assert.DoesNotContain(sdk.Lines, l => l.Has("ended"));
        Assert.DoesNotContain(sdk.Lines, l => l.Text("failed", "what") == "session.prompt" && !IsOfTheDatabase(l, witness));
        EventRecord.AssertSame([.. reference.Events.Select(e => e.EventId!)], [.. events.Select(e => e.Text("id")!)], "The SDK");
    }

    private static bool IsOfTheDatabase(JsonElement failed, Witness witness) =>
        failed.At("failed", "status")?.GetInt32() == 503 && witness.Excuses(failed.GetProperty("failed").GetProperty("at").GetDateTime());

    private static async Task<string> NextSlowTurnAsync(NodeClient sdk)
    {
        var seen = sdk.Lines.Count;
        var session = "";
        await Eventually.TrueAsync(
            () => (session = sdk.Lines.Skip(seen).Where(l => l.Text("event", "type") == "message.part.delta").Skip(5).Select(l => l.Text("event", "properties", "sessionID")!).FirstOrDefault("")).Length > 0,
            "text of the next turn");
        return session;
    }

    private static List<JsonElement> Turns(NodeClient sdk) => [.. sdk.Lines.Select(l => l.At("turn")).OfType<JsonElement>()];

    private static List<JsonElement> Events(NodeClient sdk) => [.. sdk.Lines.Select(l => l.At("event")).OfType<JsonElement>()];
}
