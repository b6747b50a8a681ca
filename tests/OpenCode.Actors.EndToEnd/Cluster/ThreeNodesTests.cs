using System.Diagnostics;
using System.Net;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Postgres;
using OpenCode.Actors.EndToEnd.Sequences;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Cluster;

/// <summary>Any node answers any request and serves any stream, each session lives on one of them, and nothing is lost when a node goes.</summary>
[Collection(UndisturbedTests.Name)]
public sealed class ThreeNodesTests(PostgresFixture postgres, ITestOutputHelper output) : ClusterTest(postgres, output)
{
    private static readonly string[][] _blue = [["Blue"]];

    [SkippableFact]
    public async Task Any_node_answers_any_request_and_all_streams_see_everything_once_in_order()
    {
        var nodes = await StartNodesAsync(3);
        var streams = new List<SseClient>();
        foreach (var node in nodes)
            streams.Add(Own(await node.ListenAsync()));

        var session = await nodes[0].Api.CreateSessionAsync(new { title = "Everywhere" });
        var other = await nodes[1].Api.CreateSessionAsync();
        var answer = await nodes[1].Api.AskAsync(session, "hello");
        await nodes[2].Api.AskAsync(other, "hello");
        var child = await nodes[2].Api.CreateSessionAsync(new { parentID = session });

        foreach (var node in nodes)
        {
            Assert.Equal("Everywhere", (await node.Api.GetAsync($"/session/{session}")).Text("title"));
            Assert.Equal(answer.Text("info", "id"), (await node.Api.MessagesAsync(session))[^1].Text("info", "id"));
            Assert.Equal(new[] { child, other, session }.Order(StringComparer.Ordinal), (await node.Api.GetAsync("/session")).EnumerateArray().Select(s => s.Text("id")!).Order(StringComparer.Ordinal));
            Assert.Equal(child, Assert.Single((await node.Api.GetAsync($"/session/{session}/children")).EnumerateArray()).Text("id"));
        }

        Assert.Equal((await OwnerAsync(nodes, session)).Id, (await OwnerAsync(nodes, child)).Id);
        foreach (var stream in streams)
        {
            await stream.WaitForTypeAsync("session.created", child);
            EventRecord.AssertDense(stream.Frames);
            EventRecord.AssertSame([.. streams[0].Events.Select(f => f.Id!)], [.. stream.Events.Select(f => f.Id!)], "a stream");
        }

        await nodes[2].Api.CallAsync(HttpMethod.Delete, $"/session/{session}");
        await nodes[0].Api.GetAsync($"/session/{child}", HttpStatusCode.NotFound);
    }

    [SkippableFact]
    public async Task A_cursor_of_one_node_goes_on_on_every_other()
    {
        var nodes = await StartNodesAsync(3);
        await using var first = await nodes[0].ListenAsync();
        var session = await nodes[0].Api.CreateSessionAsync();
        await nodes[1].Api.PromptAsync(session, "slow: 30");
        await first.WaitForTypeAsync("message.part.delta", session);
        await first.DisposeAsync();

        await using var second = await nodes[1].ListenAsync(lastEventId: first.LastEventId);
        await second.WaitForTypeAsync("message.part.delta", session);
        await second.DisposeAsync();
        await using var third = await nodes[2].ListenAsync(lastEventId: second.LastEventId);
        await third.WaitForTypeAsync("session.idle", session);

        SseFrame[] all = [.. first.Frames, .. second.Frames, .. third.Frames];
        EventRecord.AssertDense(all);
        EventFold.Of(all, session).AssertIs(await nodes[0].Api.MessagesAsync(session));
    }

    [SkippableFact]
    public async Task Permissions_and_questions_are_listed_by_every_node_and_answered_through_any()
    {
        var nodes = await StartNodesAsync(3);
        await using var stream = await nodes[2].ListenAsync();
        var asks = await nodes[0].Api.CreateSessionAsync(Stage.AskForBash);
        await nodes[0].Api.PromptAsync(asks, "run: echo permitted at last");
        var wonders = await nodes[1].Api.CreateSessionAsync();
        await nodes[1].Api.PromptAsync(wonders, "ask: Which colour? | Red | Blue");
        var permission = (await stream.WaitForTypeAsync("permission.asked", asks)).Properties.Text("id")!;
        var question = (await stream.WaitForTypeAsync("question.asked", wonders)).Properties.Text("id")!;

        foreach (var node in nodes)
        {
            Assert.Equal(permission, Assert.Single((await node.Api.GetAsync("/permission")).EnumerateArray()).Text("id"));
            Assert.Equal(question, Assert.Single((await node.Api.GetAsync("/question")).EnumerateArray()).Text("id"));
            Assert.Equal("busy", await node.Api.StatusAsync(asks));
        }

        await nodes[1].Api.PostAsync($"/permission/{permission}/reply", new { reply = "once" });
        await nodes[2].Api.PostAsync($"/question/{question}/reply", new { answers = _blue });
        await stream.WaitForTypeAsync("session.idle", asks);
        await stream.WaitForTypeAsync("session.idle", wonders);

        await nodes[0].Api.PostAsync($"/permission/{permission}/reply", new { reply = "once" }, HttpStatusCode.NotFound);
        Assert.Empty((await nodes[0].Api.GetAsync("/session/status")).EnumerateObject());
    }

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
