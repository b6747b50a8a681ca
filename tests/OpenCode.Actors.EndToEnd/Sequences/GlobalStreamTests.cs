using System.Net;
using OpenCode.Actors.EndToEnd.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Sequences;

/// <summary>Sequences beyond one session: the wrapper and its sync twins, scopes, publishing from outside, dispose.</summary>
public sealed class GlobalStreamTests(ITestOutputHelper output) : ServerTest(output)
{
    private static readonly string[] Durable =
        ["session.created", "session.updated", "session.deleted", "message.updated", "message.removed", "message.part.updated", "message.part.removed"];

    [Fact]
    public async Task The_global_stream_carries_the_same_events_wrapped_and_each_durable_one_with_its_twin()
    {
        var server = await StartAsync();
        await using var bare = await server.ListenAsync();
        await using var global = await server.ListenAsync("/global/event");
        await global.WaitForTypeAsync("server.connected");
        await bare.WaitForTypeAsync("server.connected");
        var session = await server.Api.CreateSessionAsync();
        await server.Api.AskAsync(session, "run: echo hello");
        await server.Api.PublishToastAsync("the end");
        await bare.WaitForTypeAsync("tui.toast.show");
        await global.WaitForTypeAsync("tui.toast.show");

        var wrapped = global.Events.Where(e => e.Type != "sync").ToList();
        Assert.Equal(bare.Events.Select(e => e.Json.ToString()), wrapped.Select(e => e.Event.ToString()));
        Assert.All(wrapped, e => Assert.Equal(server.Setup.Project, e.Json.Text("directory")));

        // Rule "Twin ids": the first frame of an entry with a twin is <position>.1, the twin the position itself.
        var frames = global.Events;
        var next = 0L;
        for (var i = 0; i < frames.Count; i++)
        {
            if (frames[i].Type == "sync")
                continue;

            var hasTwin = Durable.Contains(frames[i].Type);
            Assert.Equal(hasTwin, frames[i].Id!.EndsWith(".1", StringComparison.Ordinal));
            if (hasTwin)
            {
                var twin = frames[i + 1];
                Assert.Equal("sync", twin.Type);
                Assert.Equal(frames[i].Id, twin.Id + ".1");
                var sync = twin.Event.GetProperty("syncEvent");
                Assert.Equal(frames[i].EventId, sync.Text("id"));
                Assert.Equal(frames[i].Type + ".1", sync.Text("type"));
                Assert.Equal(session, sync.Text("aggregateID"));
                Assert.Equal(next++, sync.GetProperty("seq").GetInt64());
                Assert.Equal(frames[i].Properties.ToString(), sync.GetProperty("data").ToString());
            }
        }

        // Resumed between an event and its twin, only the rest comes.
        var first = frames.First(f => f.Type == "session.created");
        await using var resumed = await server.ListenAsync("/global/event", first.Id);
        await resumed.WaitForTypeAsync("tui.toast.show");
        Assert.Equal(frames.SkipWhile(f => f != first).Skip(1).Select(f => f.Id), resumed.Events.Select(f => f.Id));
    }

    [Fact]
    public async Task Streams_carry_what_they_select_and_the_directory_is_that_of_the_session()
    {
        var server = await StartAsync();
        var other = Folder.Sub("other place");
        var link = Path.Combine(Folder.Path, "link");
        Directory.CreateSymbolicLink(link, other);
        await using var here = await server.ListenAsync();
        await using var there = await server.ListenAsync($"/event?directory={Uri.EscapeDataString(link)}");
        await using var global = await server.ListenAsync("/global/event");
        await Task.WhenAll(new[] { here, there, global }.Select(s => s.WaitForTypeAsync("server.connected")));

        var mine = await server.Api.CreateSessionAsync();
        var theirs = await server.Api.CreateSessionAsync(directory: other);
        await using var ofTheirs = await server.ListenAsync($"/session/{theirs}/event");
        await server.Api.AskAsync(mine, "hello");
        await server.Api.AskAsync(theirs, "hello"); // Through a request that names no directory: events go to the session's own.

        await here.WaitForTypeAsync("session.idle", mine);
        await there.WaitForTypeAsync("session.idle", theirs);
        await ofTheirs.WaitForTypeAsync("session.idle", theirs);
        await global.WaitForTypeAsync("session.idle", theirs);
        Assert.All(here.Events, e => Assert.Equal(mine, e.Session));
        Assert.All(there.Events, e => Assert.Equal(theirs, e.Session));
        Assert.All(ofTheirs.Events, e => Assert.Equal(theirs, e.Session));
        Assert.All(global.Events.Where(e => e.Session == theirs), e => Assert.Equal(other, e.Json.Text("directory")));
        Assert.Equal([theirs], (await server.Api.GetAsync($"/session?directory={Uri.EscapeDataString(other)}")).EnumerateArray().Select(s => s.Text("id")));
    }

    [Fact]
    public async Task What_is_published_from_outside_reaches_the_stream_as_the_real_server_sends_it()
    {
        var server = await StartAsync();
        await using var stream = await server.ListenAsync();

        await server.Api.PostAsync("/tui/publish", new { type = "tui.toast.show", properties = new { message = "hi", variant = "info" } });
        await server.Api.PostAsync("/tui/publish", new { type = "tui.prompt.append", properties = new { text = "abc" } });
        await server.Api.PostAsync("/tui/publish", new { type = "tui.command.execute", properties = new { command = "help.show" } });
        await server.Api.PostAsync("/tui/append-prompt", new { text = "abc" });
        await server.Api.PostAsync("/tui/show-toast", new { message = "hi", variant = "info" });
        await server.Api.PostAsync("/tui/select-session", new { sessionID = "ses_doesnotexist" }, HttpStatusCode.NotFound);
        await server.Api.PostAsync("/tui/open-help");
        await server.Api.PostAsync("/tui/publish", new { type = "no.such", properties = new { } }, HttpStatusCode.BadRequest);
        await server.Api.PublishToastAsync("the end");
        await stream.WaitForAsync(e => e.Properties.Text("message") == "the end", "the last toast");

        Assert.Equal(
            ["tui.toast.show", "tui.prompt.append", "tui.command.execute", "tui.prompt.append", "tui.toast.show", "tui.command.execute", "tui.toast.show"], stream.Events.Select(e => e.Type));
        Assert.Equal("help.show", stream.Events[5].Properties.Text("command"));
        Assert.Equal("hi", stream.Events[0].Properties.Text("message"));
        Assert.Equal(5_000, stream.Events[0].Properties.GetProperty("duration").GetInt32());
        Assert.Equal("abc", stream.Events[1].Properties.Text("text"));
    }

    [Fact]
    public async Task Dispose_says_farewell_on_the_streams_of_its_location_and_ends_them_while_the_global_one_goes_on()
    {
        var server = await StartAsync();
        await using var stream = await server.ListenAsync();
        await using var global = await server.ListenAsync("/global/event");
        await stream.WaitForTypeAsync("server.connected");

        await server.Api.PostAsync("/instance/dispose");

        Assert.Equal(StreamEnd.Clean, await Eventually.EndsAsync(stream.Ended, "the stream of the location"));
        Assert.Equal("server.instance.disposed", stream.Frames[^1].Type);
        await global.WaitForTypeAsync("server.instance.disposed");
        var session = await server.Api.CreateSessionAsync();
        await server.Api.AskAsync(session, "hello");
        await global.WaitForTypeAsync("session.idle", session);
        Assert.False(global.Ended.IsCompleted);
    }

    [Fact]
    public async Task The_first_frames_of_a_stream_set_the_reconnection_time_and_say_where_it_begins()
    {
        var server = await StartAsync();
        await using var stream = await server.ListenAsync();
        var connected = await stream.WaitForTypeAsync("server.connected");

        Assert.InRange(stream.Frames.First(f => f.Retry is not null).Retry!.Value, 200, 400);
        Assert.True(stream.Frames.ToList().FindIndex(f => f.Retry is not null) <= stream.Frames.ToList().IndexOf(connected));
        Assert.StartsWith("text/event-stream", stream.Response.Headers["Content-Type"], StringComparison.Ordinal);
        Assert.Equal("no-cache, no-transform", stream.Response.Headers["Cache-Control"]);
        Assert.Equal("no", stream.Response.Headers["X-Accel-Buffering"]);
        Assert.Equal("nosniff", stream.Response.Headers["X-Content-Type-Options"]);

        // Rule "An id is a promise": cut before its first event, a client loses nothing.
        await stream.ResetAsync();
        var session = await server.Api.CreateSessionAsync();
        await using var back = await server.ListenAsync(lastEventId: connected.Id);
        Assert.Equal(connected.Id, (await back.WaitForTypeAsync("server.connected")).Id);
        await back.WaitForTypeAsync("session.created", session);
    }
}
