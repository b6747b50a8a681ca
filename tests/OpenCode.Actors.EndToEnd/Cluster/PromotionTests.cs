using OpenCode.Actors.EndToEnd.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Cluster;

/// <summary>Rule "Life of the database" with a real standby: another machine becomes the database.</summary>
public sealed class PromotionTests(ITestOutputHelper output) : ServerTest(output)
{
    [SkippableFact]
    public async Task Nodes_that_name_both_hosts_go_on_at_the_promoted_one_with_all_that_was_answered()
    {
        Needs.Postgres();
        await using var primary = await PostgresServer.StartAsync();
        await using var standby = await primary.StartStandbyAsync();
        var nodes = new List<ServerProcess>();
        foreach (var name in (string[])["n1", "n2"])
            nodes.Add(await StartAsync(NodeOf(name, primary, standby)));

        var session = await nodes[0].Api.CreateSessionAsync();
        var stream = Own(await nodes[1].ListenAsync());
        await nodes[0].Api.AskAsync(session, "hello");
        await stream.WaitForTypeAsync("session.idle", session);
        await nodes[0].Api.PromptAsync(session, "slow: 600");
        await stream.WaitForTypeAsync("message.part.delta", session, from: stream.Frames.Count);
        await primary.CrashAsync();
        await standby.PromoteAsync();

        foreach (var node in nodes)
        {
            Assert.Equal(5, await node.ExitAsync());
            Assert.Contains("it was restored or failed over", node.Log, StringComparison.Ordinal);
            Assert.DoesNotContain("did not end in the time", node.Log, StringComparison.Ordinal);
            Assert.DoesNotContain("could not be noted", node.Log, StringComparison.Ordinal);
        }

        await stream.Ended;
        nodes = [await RestartAsync(nodes[0]), await RestartAsync(nodes[1])];
        await using var resumed = await nodes[0].ListenAsync(lastEventId: stream.LastEventId);
        await nodes[1].Api.AskAsync(session, "hello again");
        var asked = await resumed.WaitForAsync(static f => f.Data.Contains("hello again", StringComparison.Ordinal), "the prompt");
        await resumed.WaitForTypeAsync("session.idle", session, from: resumed.Frames.ToList().IndexOf(asked));
        Assert.DoesNotContain(resumed.Frames, static frame => frame.Type == "hub.gap");
        EventRecord.AssertDense([.. stream.Frames, .. resumed.Events]);
    }

    private ServerSetup NodeOf(string name, PostgresServer primary, PostgresServer standby) => Setup with
    {
        Port = Ports.Free(),
        Secret = "the-secret-of-the-tests",
        Arguments = ["--node", name, "--advertise", "127.0.0.1", "--cluster-port", $"{Ports.Free()}", "--cluster", $"Host=127.0.0.1:{primary.Port},127.0.0.1:{standby.Port};Database=opencode;Username=opencode;Password=opencode"],
    };
}
