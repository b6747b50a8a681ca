using System.Diagnostics;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Sequences;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Crashes;

/// <summary>Graceful stop within 5 s, whatever clients do; SDK clients must see a reset, or they would stop for good.</summary>
public sealed class ShutdownTests(ITestOutputHelper output) : ServerTest(output)
{
    [Fact]
    public async Task A_stop_closes_the_turn_that_runs_so_that_clients_see_its_end_and_the_next_start_has_nothing_to_close()
    {
        var server = await StartAsync();
        await using var stream = await server.ListenAsync();
        var session = await server.Api.CreateSessionAsync();
        var waiting = server.Api.AskAsync(session, "slow: 200");
        await Eventually.TrueAsync(() => stream.Frames.Count(f => f.Type == "message.part.delta") >= 5, "some text");

        server.Signal(Unix.Terminate);
        var answer = await Eventually.EndsAsync(waiting, "the answer of the waiting request");
        Assert.Equal(0, await server.ExitAsync());

        Assert.Equal("MessageAbortedError", answer.Text("info", "error", "name"));
        Assert.NotEqual(StreamEnd.Clean, await Eventually.EndsAsync(stream.Ended, "the stream"));
        var types = stream.Events.Select(f => f.Type).ToList();
        Assert.Equal(
            ["message.part.updated", "message.updated", "session.error", "session.status", "session.idle"], types.Skip(types.LastIndexOf("message.part.delta") + 1));
        Assert.Single(types, "session.idle");

        var restarted = await RestartAsync(server);
        await using var after = await restarted.ListenAsync(lastEventId: stream.LastEventId);
        await restarted.Api.PublishToastAsync("nothing before this");
        Assert.Equal("tui.toast.show", (await after.WaitForAsync(f => !f.IsOfTheStream, "an event")).Type);
        EventFold.Of(stream.Events, session).AssertIs(await restarted.Api.MessagesAsync(session));
    }

    [Fact]
    public async Task A_permission_that_waits_is_still_waiting_after_a_stop_and_its_turn_goes_on()
    {
        var server = await StartAsync();
        await using var stream = await server.ListenAsync();
        var session = await server.Api.CreateSessionAsync(Stage.AskForBash);
        await server.Api.PromptAsync(session, "run: echo permitted at last");
        var permission = (await stream.WaitForTypeAsync("permission.asked", session)).Properties.Text("id")!;

        server.Signal(Unix.Terminate);
        Assert.Equal(0, await server.ExitAsync());
        var restarted = await RestartAsync(server);

        Assert.DoesNotContain(stream.Events, f => f.Type is "permission.replied" or "session.idle");
        Assert.Equal([permission], (await restarted.Api.GetAsync("/permission")).EnumerateArray().Select(r => r.Text("id")));
        Assert.Equal("busy", await restarted.Api.StatusAsync(session));
        await restarted.Api.PostAsync($"/permission/{permission}/reply", new { reply = "once" });
        await restarted.Api.IdleAsync(session);
        Assert.Equal("stop", (await restarted.Api.MessagesAsync(session))[^1].Text("info", "finish"));
    }

    [Fact]
    [Trait(Scale.Promises, Scale.Time)]
    public async Task A_stop_closes_five_turns_first_then_resets_a_hundred_streams_and_ends_within_five_seconds()
    {
        const int Streams = 100;
        var server = await StartAsync();
        var streams = await Task.WhenAll(Enumerable.Range(0, Streams).Select(async _ => Own(await server.ListenAsync())));
        var sleep = $"{Random.Shared.Next(100_000, 900_000)}";
        string[] prompts = ["slow: 2000", "slow: 2000", "slow: 2000", $"run: sleep {sleep}", $"run: sleep {sleep}"];
        var sessions = new List<string>();
        foreach (var prompt in prompts)
        {
            sessions.Add(await server.Api.CreateSessionAsync());
            await server.Api.PromptAsync(sessions[^1], prompt);
        }

        await Eventually.TrueAsync(() => Unix.ProcessesWith("sleep", sleep).Count == 2, "both sleeps");
        await Eventually.TrueAsync(() => streams[0].Frames.Count(f => f.Type == "message.part.delta") >= 5, "some text");

        var clock = Stopwatch.StartNew();
        server.Signal(Unix.Terminate);
        Assert.Equal(0, await server.ExitAsync());
        var took = clock.Elapsed;
        Output.WriteLine($"Ended {took.TotalSeconds:0.00} s after the signal, with {Streams} streams and {prompts.Length} turns.");

        Assert.True(took < Scale.Bound(5), $"Took {took.TotalSeconds:0.00} s. {server.Log}");
        foreach (var stream in streams)
        {
            Assert.NotEqual(StreamEnd.Clean, await Eventually.EndsAsync(stream.Ended, "a stream"));
            EventRecord.AssertDense(stream.Frames);
            Assert.Equal(sessions.Order(StringComparer.Ordinal), stream.Events.Where(f => f.Type == "session.idle").Select(f => f.Session!).Order(StringComparer.Ordinal));
        }

        await Eventually.TrueAsync(() => Unix.ProcessesWith("sleep", sleep).Count == 0, "the sleeps to be gone");
    }

    [Theory]
    [Trait(Scale.Promises, Scale.Time)]
    [InlineData(Unix.Terminate)]
    [InlineData(Unix.Interrupt)]
    public async Task A_signal_ends_the_server_in_five_seconds_whatever_clients_do(int signal)
    {
        var server = await StartAsync();
        await using var stream = await server.ListenAsync();
        using var stalled = await StalledClient.ConnectAsync(server.Root, "/event");
        var sleep = $"{Random.Shared.Next(100_000, 900_000)}";
        var (talking, sleeping) = (await server.Api.CreateSessionAsync(), await server.Api.CreateSessionAsync());
        var waiting = server.Api.SendAsync(new HttpRequestMessage(HttpMethod.Post, $"/session/{talking}/message")
        {
            Content = System.Net.Http.Json.JsonContent.Create(new { parts = new[] { new { type = "text", text = "slow: 2000" } } }),
        });
        await server.Api.PromptAsync(sleeping, $"run: sleep {sleep}");
        await Eventually.TrueAsync(() => Unix.ProcessesWith("sleep", sleep).Count == 1, "the sleep");
        for (var n = 0; n < 300; n++)
            await server.Api.PublishToastAsync(new string('x', 16_000)); // Until the stalled client's buffers are full.

        var clock = Stopwatch.StartNew();
        server.Signal(signal);
        var exit = await server.ExitAsync();
        Output.WriteLine($"Ended {clock.Elapsed.TotalSeconds:0.00} s after signal {signal} with {exit}.");

        Assert.Equal(0, exit);
        Assert.True(clock.Elapsed < Scale.Bound(5.5), $"Took {clock.Elapsed.TotalSeconds:0.00} s. {server.Log}");
        Assert.NotEqual(StreamEnd.Clean, await Eventually.EndsAsync(stream.Ended, "the stream"));
        await Eventually.TrueAsync(() => Unix.ProcessesWith("sleep", sleep).Count == 0, "the sleep to be gone");
        await Task.WhenAny(waiting);
        _ = waiting.Exception;

        var restarted = await RestartAsync(server);
        Assert.Empty((await restarted.Api.GetAsync("/session/status")).EnumerateObject());
    }
}
