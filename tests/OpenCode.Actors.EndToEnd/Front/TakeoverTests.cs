using System.Diagnostics;
using System.Net;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Sequences;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Front;

/// <summary>The holder ends and a front takes over the folder (rule "One holder", rule "Waiting turns stay open"), as its clients see it.</summary>
public sealed class TakeoverTests(ITestOutputHelper output) : FrontTest(output)
{
    [Fact]
    [Trait(Scale.Promises, Scale.Time)]
    public async Task Streams_through_the_front_go_on_over_a_kill_of_the_holder_in_mid_turn()
    {
        var holder = await StartAsync();
        for (var round = 1; round <= Scale.Of(2, 20); round++)
        {
            var front = await StartAsync(FrontSetup);
            await using var client = await ReturningClient.ConnectAsync(front.Root);
            var session = await front.Api.CreateSessionAsync();
            await front.Api.PromptAsync(session, "slow: 200");
            await client.WaitForAsync(_ => client.Frames.Count(f => f.Type == "message.part.delta" && f.Session == session) >= 5, "some text");

            var clock = Stopwatch.StartNew();
            await holder.KillAsync();
            await front.Api.GetAsync("/session");
            var taken = clock.Elapsed;
            await client.WaitForTypeAsync("session.idle", session);

            Output.WriteLine($"Round {round}: answered again after {taken.TotalMilliseconds:0} ms, {client.Connections} connections.");
            Assert.True(taken < Scale.Bound(2), $"Round {round}: no answer for {taken.TotalSeconds:0.0} s.");
            AssertIsHolder(front);
            EventRecord.AssertDense(client.Frames);
            var listed = await front.Api.MessagesAsync(session);
            Assert.Equal("MessageAbortedError", listed[^1].Text("info", "error", "name"));
            EventFold.Of(client.Frames, session).AssertIs(listed);
            await front.Api.AskAsync(session, "hello");
            holder = front; // killed in the next round
        }
    }

    [Fact]
    public async Task Of_several_fronts_one_takes_over_and_the_others_go_on_as_its_fronts()
    {
        var (holder, first) = await StartBothAsync();
        var second = await StartAsync(FrontSetup);
        var third = await StartAsync(FrontSetup);
        ServerProcess[] fronts = [first, second, third];
        var session = await second.Api.CreateSessionAsync();

        await holder.KillAsync();
        foreach (var front in fronts)
            await Eventually.TrueAsync(async () => await IsServingAsync(front, session), $"{front.Id} to serve");

        var next = Assert.Single(fronts, f => f.Id == HolderFile().GetProperty("pid").GetInt32());
        await next.KillAsync();
        foreach (var front in fronts.Where(f => f != next))
            await Eventually.TrueAsync(async () => await IsServingAsync(front, session), $"{front.Id} to serve");
        Assert.DoesNotContain(fronts, f => f != next && f.HasExited);
    }

    [Fact]
    public async Task A_front_without_a_password_ends_when_one_with_a_password_takes_over()
    {
        var holder = await StartAsync();
        var open = await StartAsync(FrontSetup);
        var closed = await StartAsync(FrontSetup with { Password = "secret" });

        open.Signal(Unix.Stop); // so that the other one takes the folder
        await holder.KillAsync();
        await BecomesHolderAsync(closed);
        open.Signal(Unix.Continue);

        Assert.Equal(2, await open.ExitAsync());
        Assert.Contains("OPENCODE_SERVER_PASSWORD", open.Log, StringComparison.Ordinal);
        await closed.Api.GetAsync("/session");
    }

    [Fact]
    public async Task A_frozen_holder_stays_the_holder()
    {
        var (holder, front) = await StartBothAsync();
        var session = await front.Api.CreateSessionAsync();

        holder.Signal(Unix.Stop);
        var waits = front.Api.GetAsync($"/session/{session}");
        await front.Api.GetAsync("/health/live");
        await front.Api.GetAsync("/health/ready", HttpStatusCode.ServiceUnavailable);
        await front.Api.GetAsync("/metrics", HttpStatusCode.ServiceUnavailable);
        AssertIsHolder(holder); // after longer than a takeover takes
        Assert.False(waits.IsCompletedSuccessfully, "A frozen holder's request was answered.");
        await Eventually.TrueAsync(() => front.Log.Contains($"(process {holder.Id}), through which this one serves, does not answer since", StringComparison.Ordinal), "the warning");
        holder.Signal(Unix.Continue);

        await Eventually.EndsAsync(waits, "the answer of the holder that goes on");
        await Eventually.TrueAsync(() => front.Log.Contains($"(process {holder.Id}) answers again", StringComparison.Ordinal), "the second warning");
        await front.Api.AskAsync(session, "hello");
        AssertIsHolder(holder);
    }

    [Fact]
    public async Task Without_a_holder_requests_wait_then_are_refused_and_streams_are_told_to_reconnect()
    {
        var (holder, front) = await StartBothAsync();
        front.Signal(Unix.Stop); // so that it does not take the folder
        await holder.KillAsync();
        await using (new FileStream(Path.Combine(Setup.DataFolder, "lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            front.Signal(Unix.Continue);
            var clock = Stopwatch.StartNew();
            using var refused = await front.Api.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/session") { Content = new StringContent("{}") });
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.True(clock.Elapsed > TimeSpan.FromSeconds(1.5), $"It was refused after {clock.Elapsed.TotalSeconds:0.0} s.");
            Assert.NotNull(refused.Headers.RetryAfter);
            Assert.Contains("Nothing was changed", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);

            await using var stream = await front.ListenAsync();
            Assert.Equal(200, stream.Response.Status);
            await stream.WaitForAsync(f => f.Retry == 5_000, "a later time to come back");
            Assert.NotEqual(StreamEnd.Clean, await Eventually.EndsAsync(stream.Ended, "the stream"));
        }

        await BecomesHolderAsync(front);
        await front.Api.CreateSessionAsync();
    }

    [Fact]
    [Trait(Scale.Promises, Scale.Time)]
    public async Task A_holder_that_stops_lets_the_turns_end_that_run()
    {
        var (holder, front) = await StartBothAsync();
        await using var client = await ReturningClient.ConnectAsync(front.Root);
        var session = await front.Api.CreateSessionAsync();
        await front.Api.PromptAsync(session, "slow: 20");
        await client.WaitForAsync(f => f.Type == "message.part.delta" && f.Session == session, "some text");

        holder.Signal(Unix.Terminate);
        Assert.Equal(0, await holder.ExitAsync(Scale.Bound(9)));
        await BecomesHolderAsync(front);

        await client.WaitForTypeAsync("session.idle", session);
        Assert.Equal("stop", (await front.Api.MessagesAsync(session))[^1].Text("info", "finish"));
        await front.Api.AskAsync(session, "hello");
        await client.WaitForAsync(_ => client.Frames.Count(f => f.Type == "session.idle" && f.Session == session) == 2, "the second turn");
        EventRecord.AssertDense(client.Frames);
    }

    [Fact]
    [Trait(Scale.Promises, Scale.Time)]
    public async Task A_holder_that_stops_closes_a_turn_that_takes_longer_than_its_window()
    {
        var (holder, front) = await StartBothAsync();
        var session = await front.Api.CreateSessionAsync();
        await front.Api.PromptAsync(session, "slow: 2000");

        holder.Signal(Unix.Terminate);
        Assert.Equal(0, await holder.ExitAsync(Scale.Bound(9)));
        await BecomesHolderAsync(front);

        await front.Api.IdleAsync(session);
        Assert.Equal("MessageAbortedError", (await front.Api.MessagesAsync(session))[^1].Text("info", "error", "name"));
    }

    [Fact]
    public async Task What_waits_for_its_user_waits_on_and_is_answered_at_the_front()
    {
        var (holder, front) = await StartBothAsync();
        await using var client = await ReturningClient.ConnectAsync(front.Root);
        var session = await front.Api.CreateSessionAsync(Stage.AskForBash);
        await front.Api.PromptAsync(session, "run: echo permitted at last");
        await client.WaitForTypeAsync("permission.asked", session);
        var permission = client.Frames.Single(f => f.Type == "permission.asked").Properties.Text("id");

        await holder.KillAsync();
        await BecomesHolderAsync(front);
        await front.Api.PostAsync($"/permission/{permission}/reply", new { reply = "once" });

        await client.WaitForTypeAsync("session.idle", session);
        Assert.Equal("stop", (await front.Api.MessagesAsync(session))[^1].Text("info", "finish"));
        EventRecord.AssertDense(client.Frames);
    }

    [Fact]
    public async Task A_turn_that_is_waited_for_at_the_front_is_answered_with_503_when_the_holder_is_killed()
    {
        var (holder, front) = await StartBothAsync();
        await using var client = await ReturningClient.ConnectAsync(front.Root);
        var session = await front.Api.CreateSessionAsync();
        var waiting = front.Api.PostAsync($"/session/{session}/message", new { parts = new[] { new { type = "text", text = "slow: 200" } } }, HttpStatusCode.ServiceUnavailable);
        await client.WaitForAsync(f => f.Type == "message.part.delta", "some text");

        await holder.KillAsync();

        var answer = await Eventually.EndsAsync(waiting, "the answer");
        Assert.Contains("unknown", answer.Text("data", "message"), StringComparison.Ordinal);
    }

    private static async Task<bool> IsServingAsync(ServerProcess server, string session)
    {
        using var answer = await server.Api.SendAsync(new HttpRequestMessage(HttpMethod.Get, $"/session/{session}"));
        return answer.StatusCode == HttpStatusCode.OK;
    }
}
