using System.Diagnostics;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Postgres;
using OpenCode.Actors.EndToEnd.Sequences;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Cluster;

/// <summary>Nothing is lost when a node of three goes.</summary>
[Collection(UndisturbedTests.Name)]
public sealed class NodeLossTests(PostgresFixture postgres, ITestOutputHelper output) : ClusterTest(postgres, output)
{
    [SkippableFact]
    [Trait(Scale.Promises, Scale.Time)]
    public async Task After_kill_9_of_the_owner_a_prompt_that_waits_on_another_node_gets_its_end_and_the_session_goes_on()
    {
        var nodes = await StartNodesAsync(3);
        var session = await nodes[0].Api.CreateSessionAsync();
        var owner = await OwnerAsync(nodes, session);
        var others = nodes.Where(node => node.Id != owner.Id).ToArray();
        await using var stream = await others[0].ListenAsync();
        var waiting = others[1].Api.AskAsync(session, "slow: 200");
        await Eventually.TrueAsync(() => stream.Frames.Count(f => f.Type == "message.part.delta") >= 10, "some text");

        await owner.KillAsync();
        var clock = Stopwatch.StartNew();
        var answer = await waiting;
        Output.WriteLine($"The prompt had its end {clock.ElapsedMilliseconds} ms after the kill.");
        Assert.Equal("MessageAbortedError", answer.Text("info", "error", "name"));
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, Scale.Bound(6));
        await stream.WaitForTypeAsync("session.idle", session);

        await others[1].Api.AskAsync(session, "hello");
        await stream.WaitForTypeAsync("session.idle", session, from: stream.Frames.Count - 1 - stream.Frames.Reverse().TakeWhile(f => f.Type != "session.idle").Count());
        EventRecord.AssertDense(stream.Frames);
        EventFold.Of(stream.Events, session).AssertIs(await others[0].Api.MessagesAsync(session));
        await MembersAsync(others);
    }

    [SkippableFact]
    public async Task A_graceful_stop_hands_the_sessions_over_and_no_command_fails()
    {
        var nodes = await StartNodesAsync(3);
        var sessions = new List<string>();
        for (var i = 0; i < 12; i++)
            sessions.Add(await nodes[i % 3].Api.CreateSessionAsync());
        await using var stream = await nodes[1].ListenAsync();
        using var done = new CancellationTokenSource();
        var longest = TimeSpan.Zero;
        var traffic = Task.Run(async () =>
        {
            for (var i = 0; !done.IsCancellationRequested; i++)
            {
                var clock = Stopwatch.StartNew();
                await nodes[1 + (i % 2)].Api.CallAsync(HttpMethod.Patch, $"/session/{sessions[i % sessions.Count]}", new { title = $"t{i}" });
                longest = clock.Elapsed > longest ? clock.Elapsed : longest;
            }
        });

        nodes[0].Signal(Unix.Terminate);
        Assert.Equal(0, await nodes[0].ExitAsync());
        await MembersAsync(nodes[1], nodes[2]);
        await done.CancelAsync();
        await traffic;

        Output.WriteLine($"The longest command took {longest.TotalMilliseconds:0} ms.");
        foreach (var session in sessions)
            await nodes[2].Api.AskAsync(session, "hello");
        EventRecord.AssertDense(stream.Frames);
    }
}
