using System.Net;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Sequences;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Front;

/// <summary>What clients of a front see: the same server as the holder's clients, at its own address and in its own folder.</summary>
[Collection(HeavyTests.Name)]
public sealed class ServingTests(ITestOutputHelper output) : FrontTest(output)
{
    [Fact]
    public async Task Sessions_and_events_of_both_are_the_same()
    {
        var (holder, front) = await StartBothAsync();
        await using var atHolder = await holder.ListenAsync("/global/event");
        await using var atFront = await front.ListenAsync("/global/event");

        var ofFront = await front.Api.CreateSessionAsync(new { title = "Made at the front" });
        var ofHolder = await holder.Api.CreateSessionAsync(new { title = "Made at the holder" });
        await front.Api.AskAsync(ofHolder, "hello");
        await holder.Api.AskAsync(ofFront, "hello");
        await Task.WhenAll(atHolder.WaitForTypeAsync("session.idle", ofFront), atFront.WaitForTypeAsync("session.idle", ofFront));

        Assert.Equal(front.Setup.Project, (await holder.Api.GetAsync($"/session/{ofFront}")).Text("directory"));
        Assert.Equal(holder.Setup.Project, (await front.Api.GetAsync($"/session/{ofHolder}")).Text("directory"));
        Assert.Equal(2, (await front.Api.MessagesAsync(ofFront)).Count);
        EventRecord.AssertSame([.. atHolder.Events.Select(f => f.Id!)], [.. atFront.Events.Select(f => f.Id!)], "The front's client");
    }

    [Fact]
    public async Task A_turn_is_answered_after_the_streams_of_the_front_have_its_events()
    {
        var (_, front) = await StartBothAsync();
        await using var stream = await front.ListenAsync();
        var session = await front.Api.CreateSessionAsync();
        for (var n = 0; n < Scale.Of(10, 100); n++)
        {
            var from = stream.Frames.Count;
            await front.Api.AskAsync(session, "hello");
            Assert.Contains(stream.Frames.Skip(from), f => f.Type == "session.idle");
        }
    }

    [SkippableFact]
    public async Task Run_attach_through_the_front_prints_the_answer_every_time()
    {
        Needs.Node();
        var (holder, front) = await StartBothAsync();
        var runs = Scale.Of(3, 20);
        for (var n = 1; n <= runs; n++)
        {
            foreach (var server in new[] { holder, front })
            {
                var run = await OpenCodeRun.AttachAsync(server.Root, "hello", Folder);
                Assert.True(run.ExitCode == 0, $"Attach {n} of {runs} ended with {run.ExitCode}. {run.Output} {run.Errors}");
                Assert.True(run.Output.Contains("hello", StringComparison.Ordinal), $"Attach {n} of {runs} did not print the answer: '{run.Output}' {run.Errors} {server.Log}");
            }
        }
    }

    [Fact]
    public async Task Locations_relative_ones_and_none_are_the_fronts()
    {
        var (_, front) = await StartBothAsync();
        var below = Directory.CreateDirectory(Path.Combine(front.Setup.Project, "below")).FullName;

        var none = await front.Api.PostAsync("/session", new { });
        var query = await front.Api.PostAsync("/session?directory=below", new { });
        var header = await front.Api.CallAsync(HttpMethod.Post, "/session", new { }, directory: "below");
        var absolute = await front.Api.CallAsync(HttpMethod.Post, "/session", new { }, directory: Setup.Project);

        Assert.Equal([front.Setup.Project, below, below, Setup.Project], new[] { none, query, header, absolute }.Select(s => s.Text("directory")));
        await front.Api.PostAsync("/session?directory=nowhere", new { }, HttpStatusCode.BadRequest);
        await File.WriteAllTextAsync(Path.Combine(front.Setup.Project, "a-file"), "");
        var file = await front.Api.PostAsync("/session?directory=a-file", new { }, HttpStatusCode.BadRequest);
        Assert.Contains("is a file", file.Text("data", "message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Errors_and_request_ids_pass()
    {
        var (holder, front) = await StartBothAsync();

        await front.Api.GetAsync("/session/ses_missing", HttpStatusCode.NotFound);
        using var broken = await front.Api.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/session") { Content = new StringContent("{") });
        using var head = await front.Api.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/session"));
        using var here = await front.Api.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/no/such/route"));

        Assert.Equal(HttpStatusCode.BadRequest, broken.StatusCode);
        Assert.Contains("JSON", await broken.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, here.StatusCode);
        Assert.Single(here.Headers.GetValues("x-request-id"));
        Assert.Equal(["Origin"], here.Headers.Vary);
    }

    [Fact]
    public async Task A_client_that_leaves_its_stream_leaves_it_at_the_holder_too()
    {
        var (holder, front) = await StartBothAsync();
        await using (var stream = await front.ListenAsync())
            await StreamsAreAsync(1);

        await StreamsAreAsync(0);

        Task StreamsAreAsync(int count) => Eventually.TrueAsync(
            async () => await StreamsAsync() == count, $"{count} streams at the holder");

        async Task<int> StreamsAsync()
        {
            using var answer = await holder.Api.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/metrics"));
            var line = (await answer.Content.ReadAsStringAsync()).Split('\n').FirstOrDefault(l => l.StartsWith("opencode_streams_open", StringComparison.Ordinal));
            return line is null ? 0 : (int)double.Parse(line[(line.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture);
        }
    }

    [Fact]
    public async Task A_client_that_takes_nothing_is_cut_after_the_shortest_write_timeout_and_no_other_is()
    {
        var (_, front) = await StartBothAsync(Setup.WithEventStream(("write_timeout_ms", 1_000)), FrontSetup.WithEventStream(("write_timeout_ms", 1_000)));
        await using var alive = await front.ListenAsync();
        using var stalled = await StalledClient.ConnectAsync(front.Root, "/event");
        for (var n = 0; n < 300; n++)
            await front.Api.PublishToastAsync(new string('x', 16_000)); // Until the stalled client's buffers are full.

        await Eventually.TrueAsync(() => stalled.IsEnded, "the end of the client that takes nothing");
        await front.Api.PublishToastAsync("the end");
        await alive.WaitForAsync(f => f.Type == "tui.toast.show" && f.Properties.Text("message") == "the end", "the last event");
        EventRecord.AssertDense(alive.Frames);
    }

    [Fact]
    [Trait(Scale.Promises, Scale.Time)]
    public async Task A_stop_of_the_front_ends_nothing_but_the_front()
    {
        var (holder, front) = await StartBothAsync();
        await using var stream = await front.ListenAsync();
        var session = await front.Api.CreateSessionAsync();
        await front.Api.PromptAsync(session, "slow: 20");

        front.Signal(Unix.Terminate);
        Assert.Equal(0, await front.ExitAsync(Scale.Bound(5)));

        Assert.NotEqual(StreamEnd.Clean, await Eventually.EndsAsync(stream.Ended, "the stream"));
        await holder.Api.IdleAsync(session);
        Assert.Equal("stop", (await holder.Api.MessagesAsync(session))[^1].Text("info", "finish"));
        AssertIsHolder(holder);
    }
}
