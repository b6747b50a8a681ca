using System.Net;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Postgres;
using OpenCode.Actors.EndToEnd.Sequences;

namespace OpenCode.Actors.EndToEnd.Cluster;

/// <summary>Any node answers any request and serves any stream, and each session lives on one of them.</summary>
[Collection(UndisturbedTests.Name)]
public sealed class ThreeNodesTests(ThreeNodes cluster) : IClassFixture<ThreeNodes>
{
    private static readonly string[][] _blue = [["Blue"]];

    [SkippableFact]
    public async Task Any_node_answers_any_request_and_all_streams_see_everything_once_in_order()
    {
        var nodes = await cluster.NodesAsync();
        var streams = new List<SseClient>();
        foreach (var node in nodes)
            streams.Add(await node.ListenAsync());

        var session = await nodes[0].Api.CreateSessionAsync(new { title = "Everywhere" });
        var other = await nodes[1].Api.CreateSessionAsync();
        var answer = await nodes[1].Api.AskAsync(session, "hello");
        await nodes[2].Api.AskAsync(other, "hello");
        var child = await nodes[2].Api.CreateSessionAsync(new { parentID = session });
        string[] mine = [session, other, child];

        foreach (var node in nodes)
        {
            Assert.Equal("Everywhere", (await node.Api.GetAsync($"/session/{session}")).Text("title"));
            Assert.Equal(answer.Text("info", "id"), (await node.Api.MessagesAsync(session))[^1].Text("info", "id"));
            Assert.Equal(mine.Order(StringComparer.Ordinal), (await node.Api.GetAsync("/session")).EnumerateArray().Select(s => s.Text("id")!).Where(mine.Contains).Order(StringComparer.Ordinal));
            Assert.Equal(child, Assert.Single((await node.Api.GetAsync($"/session/{session}/children")).EnumerateArray()).Text("id"));
        }

        Assert.Equal((await cluster.OwnerAsync(session)).Id, (await cluster.OwnerAsync(child)).Id);
        foreach (var stream in streams)
        {
            await stream.WaitForTypeAsync("session.created", child);
            EventRecord.AssertDense(stream.Frames);
            EventRecord.AssertSame(Ids(streams[0]), Ids(stream), "a stream");
            await stream.DisposeAsync();
        }

        await nodes[2].Api.CallAsync(HttpMethod.Delete, $"/session/{session}");
        await nodes[0].Api.GetAsync($"/session/{child}", HttpStatusCode.NotFound);

        string[] Ids(SseClient stream) => [.. stream.Events.Where(f => mine.Contains(f.Session)).Select(f => f.Id!)];
    }

    [SkippableFact]
    public async Task A_cursor_of_one_node_goes_on_on_every_other()
    {
        var nodes = await cluster.NodesAsync();
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
        var nodes = await cluster.NodesAsync();
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
}
