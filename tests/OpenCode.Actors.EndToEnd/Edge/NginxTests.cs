using OpenCode.Actors.EndToEnd.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Edge;

/// <summary>Through nginx as Debian installs it, which speaks HTTP/1.0 to the server behind it (rule "No clean end over HTTP/1.0").</summary>
public sealed class NginxTests(ITestOutputHelper output) : ServerTest(output)
{
    [SkippableFact]
    public async Task Through_nginx_with_default_settings_the_first_frame_comes_at_once_and_a_dead_server_is_seen_as_an_error()
    {
        Needs.Nginx();
        var server = await StartAsync();
        var nginx = Own(await NginxProcess.StartAsync(server.Root, Folder.Sub("nginx")));
        await using var stream = await SseClient.ConnectAsync(nginx.Root);

        // Nothing else happens on this server: what arrives was not pushed through by later bytes.
        await stream.WaitForTypeAsync("server.connected");
        var session = await server.Api.CreateSessionAsync();
        await server.Api.AskAsync(session, "hello");
        await stream.WaitForTypeAsync("session.idle", session);
        await using (var twin = await server.ListenAsync(lastEventId: stream.Frames.First(f => f.Id is not null).Id))
        {
            await twin.WaitForTypeAsync("session.idle", session);
            EventRecord.AssertSame([.. twin.Events.Select(e => e.Id!)], [.. stream.Events.Select(e => e.Id!)], "The client behind nginx");
        }

        // A clean end would tell an SDK client never to return.
        await server.KillAsync();
        Assert.NotEqual(StreamEnd.Clean, await Eventually.EndsAsync(stream.Ended, "the stream of the killed server"));
    }

    [SkippableFact]
    public async Task Through_nginx_with_default_settings_sessions_are_made_prompted_aborted_and_streamed()
    {
        Needs.Nginx();
        var server = await StartAsync();
        var nginx = Own(await NginxProcess.StartAsync(server.Root, Folder.Sub("nginx")));
        await using var stream = await SseClient.ConnectAsync(nginx.Root);
        await stream.WaitForTypeAsync("server.connected");

        // As curl -X POST sends it: without a body, and without a length.
        var created = await RawHttp.SendAsync(nginx.Root, "POST", "/session");
        Assert.Equal(200, created.Status);
        var session = System.Text.Json.JsonDocument.Parse(created.Body).RootElement.Text("id")!;
        await stream.WaitForTypeAsync("session.created", session);

        var prompted = await RawHttp.SendAsync(nginx.Root, "POST", $"/session/{session}/message", body: """{"parts":[{"type":"text","text":"hello"}]}"""u8.ToArray());
        Assert.Equal(200, prompted.Status);
        await stream.WaitForTypeAsync("session.idle", session);

        Assert.Equal("true", (await RawHttp.SendAsync(nginx.Root, "POST", $"/session/{session}/abort")).Body);
        Assert.Equal(200, (await RawHttp.SendAsync(nginx.Root, "GET", "//session")).Status);
    }

    [Fact]
    public async Task To_HTTP_1_0_a_stream_announces_a_length_that_it_never_reaches()
    {
        var server = await StartAsync();
        await using var stream = await SseClient.ConnectAsync(server.Root, version: "1.0");

        Assert.Equal("9007199254740991", stream.Response.Headers["Content-Length"]);
        await stream.WaitForTypeAsync("server.connected");
    }
}
