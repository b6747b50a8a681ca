using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OpenCode.Actors.Sessions;
using OpenCode.Actors.Tests.TestKit.Doors;

namespace OpenCode.Actors.Tests.Server.Http;

public sealed class StreamEndpointsTests
{
    [Theory]
    [InlineData("/event", """{"id":"evt_""")]
    [InlineData("/global/event", """{"payload":{"id":"evt_""")]
    public async Task A_stream_begins_with_its_headers_a_retry_and_server_connected(string path, string beginning)
    {
        await using var server = await ServerKit.StartAsync();

        using var stream = new SseClient(await server.RespondAsync("GET", path));
        var first = await stream.NextAsync();

        Assert.Equal(200, (int)stream.Response.StatusCode);
        Assert.Equal("text/event-stream", stream.Response.Content.Headers.ContentType?.ToString());
        Assert.Equal("no-cache, no-transform", stream.Response.Headers.NonValidated["Cache-Control"].ToString());
        Assert.Equal("no", stream.Response.Headers.GetValues("X-Accel-Buffering").Single());
        Assert.Equal("nosniff", stream.Response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("Origin", stream.Response.Headers.Vary.Single());
        Assert.True(stream.Response.Headers.TransferEncodingChunked);
        Assert.Empty(stream.Response.Content.Headers.ContentEncoding);
        Assert.StartsWith(beginning, first!.Value.Data, StringComparison.Ordinal);
        Assert.InRange(stream.Parser.ReconnectionTime!.Value, TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(400));
        Assert.NotEmpty(stream.Parser.LastEventId);
    }

    [Fact]
    public async Task An_event_from_outside_reaches_the_streams_of_its_location_only()
    {
        await using var server = await ServerKit.StartAsync();
        using var here = new SseClient(await server.RespondAsync("GET", "/event"));
        using var there = new SseClient(await server.RespondAsync("GET", "/event?directory=/other/"));
        using var everywhere = new SseClient(await server.RespondAsync("GET", "/global/event"));
        await Task.WhenAll(here.UntilAsync("server.connected"), there.UntilAsync("server.connected"), everywhere.UntilAsync("server.connected"));

        await PublishAsync(server, "one", "/other");
        await PublishAsync(server, "two", "/proj");

        Assert.Contains("\"two\"", (await here.NextAsync())!.Value.Data, StringComparison.Ordinal);
        Assert.Contains("\"one\"", (await there.NextAsync())!.Value.Data, StringComparison.Ordinal);
        Assert.StartsWith("""{"directory":"/other","project":"global","payload":{""", (await everywhere.NextAsync())!.Value.Data, StringComparison.Ordinal);
        Assert.Contains("\"two\"", (await everywhere.NextAsync())!.Value.Data, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("header")]
    [InlineData("last_event_id")]
    [InlineData("lastEventId")]
    [InlineData("after")]
    public async Task A_client_that_comes_back_gets_what_it_missed(string how)
    {
        await using var server = await ServerKit.StartAsync();
        string cursor;
        using (var first = new SseClient(await server.RespondAsync("GET", "/event")))
        {
            await first.UntilAsync("server.connected");
            cursor = first.Parser.LastEventId;
        }

        await PublishAsync(server, "missed", "/proj");
        using var again = new SseClient(how == "header"
            ? await server.RespondAsync("GET", "/event", null, ("Last-Event-ID", cursor))
            : await server.RespondAsync("GET", $"/event?{how}={Uri.EscapeDataString(cursor)}"));

        Assert.Equal(2, (await again.UntilAsync("missed")).Count);
    }

    [Fact]
    public async Task A_damaged_cursor_is_told_as_a_gap()
    {
        await using var server = await ServerKit.StartAsync();

        using var stream = new SseClient(await server.RespondAsync("GET", "/event", null, ("Last-Event-ID", "rubbish'\"<")));

        Assert.Contains("\"reason\":\"damaged\"", (await stream.UntilAsync("hub.gap"))[^1].Data, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_stream_of_a_session_has_its_events_only()
    {
        await using var server = await ServerKit.StartAsync();
        var one = await server.SessionAsync();
        var two = await server.SessionAsync();
        using var stream = new SseClient(await server.RespondAsync("GET", $"/session/{two}/event"));
        await stream.UntilAsync("server.connected");

        await server.SendAsync("PATCH", $"/session/{one}", """{"title":"x"}""");
        await server.SendAsync("PATCH", $"/session/{two}", """{"title":"y"}""");

        Assert.Contains(two, (await stream.NextAsync())!.Value.Data, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_stream_of_a_deleted_session_ends_cleanly_behind_the_deletion_and_no_other_stream_does()
    {
        await using var server = await ServerKit.StartAsync();
        var deleted = await server.SessionAsync();
        var kept = await server.SessionAsync();
        using var own = new SseClient(await server.RespondAsync("GET", $"/session/{deleted}/event"));
        using var ofTheOther = new SseClient(await server.RespondAsync("GET", $"/session/{kept}/event"));
        using var ofAll = new SseClient(await server.RespondAsync("GET", "/event"));
        await Task.WhenAll(own.UntilAsync("server.connected"), ofTheOther.UntilAsync("server.connected"), ofAll.UntilAsync("server.connected"));

        await server.SendAsync("DELETE", $"/session/{deleted}");
        await server.SendAsync("PATCH", $"/session/{kept}", """{"title":"later"}""");

        Assert.Contains(deleted, (await own.UntilAsync("session.deleted"))[^1].Data, StringComparison.Ordinal);
        Assert.Null(await own.NextAsync());
        await ofTheOther.UntilAsync("later");
        await ofAll.UntilAsync("later");
    }

    [Fact]
    public async Task The_stream_of_a_session_that_is_deleted_while_it_is_opened_ends_too()
    {
        DeletingSessions? sessions = null;
        await using var server = await ServerKit.StartAsync(services: services =>
        {
            var inner = services.Single(static service => service.ServiceType == typeof(ISessions));
            services.Replace(ServiceDescriptor.Singleton<ISessions>(provider => sessions = new DeletingSessions((ISessions)inner.ImplementationFactory!(provider))));
        });
        var session = await server.SessionAsync();
        using var ofAll = new SseClient(await server.RespondAsync("GET", "/event"));
        await ofAll.UntilAsync("server.connected");
        sessions!.Deleted = () => ofAll.UntilAsync("session.deleted");

        using var stream = new SseClient(await server.RespondAsync("GET", $"/session/{session}/event"));

        await stream.UntilAsync("session.deleted");
        Assert.Null(await stream.NextAsync());
    }

    [Fact]
    public async Task Dispose_ends_the_streams_of_its_location_cleanly_and_no_other()
    {
        await using var server = await ServerKit.StartAsync();
        using var here = new SseClient(await server.RespondAsync("GET", "/event"));
        using var there = new SseClient(await server.RespondAsync("GET", "/event?directory=/other"));
        await Task.WhenAll(here.UntilAsync("server.connected"), there.UntilAsync("server.connected"));

        Assert.True((await server.SendAsync("POST", "/instance/dispose")).Body.GetBoolean());
        await PublishAsync(server, "later", "/other");

        Assert.Contains("""{"directory":"/proj"}""", (await here.UntilAsync("server.instance.disposed"))[^1].Data, StringComparison.Ordinal);
        Assert.Null(await here.NextAsync());
        await there.UntilAsync("later");
    }

    [Fact]
    public async Task A_stream_too_many_is_told_to_come_back_and_is_reset()
    {
        await using var server = await ServerKit.StartAsync(config: """{"server":{"limits":{"streams":1}}}""");
        using var first = new SseClient(await server.RespondAsync("GET", "/event"));
        await first.UntilAsync("server.connected");

        using var second = new SseClient(await server.RespondAsync("GET", "/event"));
        var ended = second.NextAsync();
        while (!ended.IsCompleted)
        {
            server.Advance(TimeSpan.FromMilliseconds(250));
            await Task.Yield();
        }

        Assert.Equal(200, (int)second.Response.StatusCode);
        await Assert.ThrowsAnyAsync<IOException>(() => ended);
        Assert.Equal(TimeSpan.FromSeconds(5), second.Parser.ReconnectionTime);
    }

    [Fact]
    public async Task A_connection_too_many_gets_503_and_its_stream_comes_back()
    {
        await using var server = await ServerKit.StartAsync(config: """{"server":{"limits":{"connections":1}}}""");
        using var stream = new SseClient(await server.RespondAsync("GET", "/event"));
        await stream.UntilAsync("server.connected");

        using var refused = await server.RespondAsync("GET", "/global/health");
        using var second = await server.RespondAsync("GET", "/event");

        Assert.Equal(503, (int)refused.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(5), refused.Headers.RetryAfter?.Delta);
        Assert.Equal(200, (int)second.StatusCode);
        var body = await second.Content.ReadAsStreamAsync();
        Assert.Equal("retry: 5000\n\n"u8.ToArray(), await ReadAsync(body, 13));

        var ended = ReadAsync(body, 1);
        while (!ended.IsCompleted)
        {
            server.Advance(TimeSpan.FromMilliseconds(250)); // it is reset when it had time to be sent
            await Task.Yield();
        }

        await Assert.ThrowsAnyAsync<IOException>(() => ended);
    }

    [Fact]
    public async Task To_HTTP_1_0_a_stream_promises_more_bytes_than_there_will_ever_be()
    {
        await using var server = await ServerKit.StartAsync();
        await using var connection = server.Connect();

        await connection.WriteAsync("GET /event HTTP/1.0\r\n\r\n"u8.ToArray());
        var head = await HeadAsync(connection);

        Assert.StartsWith("HTTP/1.1 200", head, StringComparison.Ordinal);
        Assert.Contains("Content-Length: 9007199254740991\r\n", head, StringComparison.Ordinal);
        Assert.DoesNotContain("chunked", head, StringComparison.Ordinal);
        Assert.Equal("retry: ", Encoding.ASCII.GetString(await ReadAsync(connection, 7)));
    }

    [Fact]
    public async Task A_stop_resets_streams_and_answers_who_waits()
    {
        var server = await ServerKit.StartAsync();
        var session = await server.SessionAsync();
        var stream = new SseClient(await server.RespondAsync("GET", "/event"));
        var waiting = server.SendAsync("POST", $"/session/{session}/message", """{"parts":[{"type":"text","text":"hold"}]}""");
        await stream.UntilAsync("You said: ");
        for (var behind = 0; behind < 20; behind++)
            await server.SendAsync("GET", $"/session/{session}/message"); // The prompt was accepted; that it waits for the end of its turn by now shows nowhere else.

        await server.StopAsync();

        await stream.UntilAsync("session.idle"); // the end of the turn, then the reset
        await Assert.ThrowsAnyAsync<IOException>(() => stream.UntilAsync("never"));
        var (status, answer) = await waiting;
        Assert.True(status == 200, $"{status} {answer}");
        Assert.True(answer.GetProperty("info").TryGetProperty("error", out var error), $"{answer}");
        Assert.Equal("MessageAbortedError", error.GetProperty("name").GetString());
        stream.Dispose();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task A_prompt_that_comes_in_while_the_server_stops_is_told_to_come_again()
    {
        var server = await ServerKit.StartAsync();
        var session = await server.SessionAsync();
        await using var connection = server.Connect();
        var body = """{"parts":[{"type":"text","text":"too late"}]}""";
        await connection.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /session/{session}/prompt_async HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: {body.Length}\r\n\r\n"));
        Assert.StartsWith("HTTP/1.1 100", await HeadAsync(connection), StringComparison.Ordinal); // it is read now

        var stopped = server.StopAsync();
        await server.ActorsEnded;

        await connection.WriteAsync(Encoding.ASCII.GetBytes(body));
        var head = await HeadAsync(connection);

        Assert.StartsWith("HTTP/1.1 503", head, StringComparison.Ordinal);
        Assert.Contains("Retry-After: 1", head, StringComparison.Ordinal);
        await stopped;
        await server.DisposeAsync();
    }

    private static async Task PublishAsync(ServerKit server, string message, string directory) =>
        Assert.Equal(200, (await server.SendAsync(
            "POST", "/tui/publish", $$$"""{"type":"tui.toast.show","properties":{"message":"{{{message}}}","variant":"info"}}""", ("x-opencode-directory", directory))).Status);

    private static async Task<string> HeadAsync(Stream connection)
    {
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
            head.Append((char)(await ReadAsync(connection, 1))[0]);

        return head.ToString();
    }

    private static async Task<byte[]> ReadAsync(Stream stream, int count)
    {
        var bytes = new byte[count];
        await OtherThreads.EndAsync(stream.ReadExactlyAsync(bytes).AsTask());
        return bytes;
    }
}
