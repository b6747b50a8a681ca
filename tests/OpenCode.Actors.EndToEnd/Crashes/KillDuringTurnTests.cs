using System.Net;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Sequences;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Crashes;

/// <summary>The truth after kill -9: streamed text is kept, turns that wait stay open, others are closed.</summary>
public sealed class KillDuringTurnTests(ITestOutputHelper output) : ServerTest(output)
{
    [Fact]
    public async Task After_a_kill_all_that_was_shown_is_there_and_the_turn_is_closed()
    {
        var server = await StartAsync();
        await using var before = await server.ListenAsync();
        var talking = await server.Api.CreateSessionAsync(new { title = "Talks" });
        await server.Api.PromptAsync(talking, "slow: 200");
        var (shell, sleeps) = await StartShellAsync(server, before);
        await Eventually.TrueAsync(() => before.Frames.Count(f => f.Type == "message.part.delta" && f.Session == talking) >= 15, "some text");

        await server.KillAsync();
        Assert.NotEqual(StreamEnd.Clean, await Eventually.EndsAsync(before.Ended, "the stream of the killed server"));
        var shown = EventFold.Of(before.Events, talking).Texts()[^1];
        var restarted = await RestartAsync(server);

        // The listing.
        var message = (await restarted.Api.MessagesAsync(talking))[^1];
        var text = message.GetProperty("parts").EnumerateArray().Last(p => p.Text("type") == "text");
        Assert.StartsWith(shown, text.Text("text"), StringComparison.Ordinal);
        Assert.True(text.Has("time", "end"), $"The text is still open: {text}");
        Assert.Equal("MessageAbortedError", message.Text("info", "error", "name"));
        Assert.True(message.Has("info", "time", "completed"));
        var tool = (await restarted.Api.MessagesAsync(shell))[^1].GetProperty("parts").EnumerateArray().Single(p => p.Text("type") == "tool");
        Assert.Equal("error", tool.Text("state", "status"));
        Assert.Equal("Talks", (await restarted.Api.GetAsync($"/session/{talking}")).Text("title"));
        Assert.Empty((await restarted.Api.GetAsync("/session/status")).EnumerateObject());

        // The processes.
        await Eventually.TrueAsync(() => sleeps.All(s => Unix.ProcessesWith("sleep", s).Count == 0), "the sleeps of the shell to be gone");

        // The client that comes back.
        await using var after = await restarted.ListenAsync(lastEventId: before.LastEventId);
        await after.WaitForTypeAsync("session.idle", talking);
        await after.WaitForTypeAsync("session.idle", shell);
        SseFrame[] all = [.. before.Frames, .. after.Frames];
        EventRecord.AssertDense(all);
        EventFold.Of(all, talking).AssertIs(await restarted.Api.MessagesAsync(talking));
        EventFold.Of(all, shell).AssertIs(await restarted.Api.MessagesAsync(shell));

        // And life goes on in the same session.
        await restarted.Api.AskAsync(talking, "hello");
        EventRecord.AssertDense([.. before.Frames, .. after.Frames]);
    }

    [Fact]
    public async Task Pending_permissions_and_questions_are_still_pending_after_a_kill_and_can_be_answered()
    {
        var server = await StartAsync();
        await using var before = await server.ListenAsync();
        var asksPermission = await server.Api.CreateSessionAsync(Stage.AskForBash);
        await server.Api.PromptAsync(asksPermission, "run: echo permitted at last");
        var permission = (await before.WaitForTypeAsync("permission.asked", asksPermission)).Properties.Text("id")!;
        var asksQuestion = await server.Api.CreateSessionAsync();
        await server.Api.PromptAsync(asksQuestion, "ask: Which colour? | Red | Blue");
        var question = (await before.WaitForTypeAsync("question.asked", asksQuestion)).Properties.Text("id")!;

        await server.KillAsync();
        await Eventually.EndsAsync(before.Ended, "the stream of the killed server");
        var restarted = await RestartAsync(server);

        Assert.Equal([permission], (await restarted.Api.GetAsync("/permission")).EnumerateArray().Select(r => r.Text("id")));
        Assert.Equal([question], (await restarted.Api.GetAsync("/question")).EnumerateArray().Select(r => r.Text("id")));
        Assert.Equal("busy", await restarted.Api.StatusAsync(asksPermission));
        Assert.Equal("busy", await restarted.Api.StatusAsync(asksQuestion));

        var blue = new { answers = new[] { new[] { "Blue" } } };
        await using var after = await restarted.ListenAsync(lastEventId: before.LastEventId);
        await restarted.Api.PostAsync($"/permission/{permission}/reply", new { reply = "once" });
        await restarted.Api.PostAsync($"/question/{question}/reply", blue);
        await after.WaitForTypeAsync("session.idle", asksPermission);
        await after.WaitForTypeAsync("session.idle", asksQuestion);
        await restarted.Api.PostAsync($"/permission/{permission}/reply", new { reply = "once" }, HttpStatusCode.NotFound);
        await restarted.Api.PostAsync($"/question/{question}/reply", blue, HttpStatusCode.NotFound);

        SseFrame[] all = [.. before.Frames, .. after.Frames];
        EventRecord.AssertDense(all);
        foreach (var session in new[] { asksPermission, asksQuestion })
        {
            var listed = await restarted.Api.MessagesAsync(session);
            EventFold.Of(all, session).AssertIs(listed);
            Assert.Equal("completed", Tool(listed).Text("state", "status"));
            Assert.Equal("stop", listed[^1].Text("info", "finish"));
        }

        Assert.Contains("permitted at last", Tool(await restarted.Api.MessagesAsync(asksPermission)).Text("state", "output"), StringComparison.Ordinal);
    }

    private static System.Text.Json.JsonElement Tool(IEnumerable<System.Text.Json.JsonElement> messages) =>
        messages.SelectMany(m => m.GetProperty("parts").EnumerateArray()).Single(p => p.Text("type") == "tool");

    /// <summary>Runs two endless sleeps in the shell of a session of their own.</summary>
    private static async Task<(string Session, string[] Sleeps)> StartShellAsync(ServerProcess server, SseClient stream)
    {
        var session = await server.Api.CreateSessionAsync();
        string[] sleeps = [$"{Random.Shared.Next(100_000, 900_000)}", $"{Random.Shared.Next(1_000_000, 9_000_000)}"];
        _ = server.Api.SendAsync(new HttpRequestMessage(HttpMethod.Post, $"/session/{session}/shell")
        {
            Content = System.Net.Http.Json.JsonContent.Create(new { agent = "build", command = $"sleep {sleeps[0]} & sleep {sleeps[1]}" }),
        }).ContinueWith(t => _ = t.Exception, TaskScheduler.Default); // Answered never: the server is killed first.
        await stream.WaitForTypeAsync("message.part.updated", session);
        await Eventually.TrueAsync(() => sleeps.All(s => Unix.ProcessesWith("sleep", s).Count == 1), "both sleeps");
        return (session, sleeps);
    }
}
