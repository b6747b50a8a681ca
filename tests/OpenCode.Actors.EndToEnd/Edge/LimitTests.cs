using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using OpenCode.Actors.EndToEnd.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Edge;

/// <summary>Each limit has an answer that the client understands.</summary>
public sealed class LimitTests(ITestOutputHelper output) : ServerTest(output)
{
    [Fact]
    public async Task A_body_over_the_limit_gets_a_413_before_it_is_read()
    {
        var server = await StartAsync(Limited("body_bytes", 10_000));
        var session = await server.Api.CreateSessionAsync();
        var body = Encoding.UTF8.GetBytes($"{{\"parts\":[{{\"type\":\"text\",\"text\":\"{new string('x', 20_000)}\"}}]}}");

        var answer = await RawHttp.SendAsync(server.Root, "POST", $"/session/{session}/message", "Content-Type: application/json\r\n", body);
        Assert.Equal(413, answer.Status);
        Assert.NotEmpty(answer.Body);

        // Announced, never sent; and sent in chunks without an announcement.
        var announced = await RawHttp.SendAsync(server.Root, Encoding.ASCII.GetBytes($"POST /session HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\n"));
        Assert.Equal(413, announced.Status);
        var chunked = await RawHttp.SendAsync(server.Root, Encoding.ASCII.GetBytes(
            $"POST /session HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n4e20\r\n{{\"title\":\"{new string('x', 19_988)}\"}}\r\n0\r\n\r\n"));
        Assert.Equal(413, chunked.Status);
        await server.Api.CreateSessionAsync();
    }

    [Fact]
    public async Task A_stream_over_the_limit_is_told_to_return_and_the_others_go_on()
    {
        var server = await StartAsync(Limited("streams", 2));
        await using var first = await server.ListenAsync();
        await using var second = await server.ListenAsync("/global/event");
        await first.WaitForTypeAsync("server.connected");
        await second.WaitForTypeAsync("server.connected");

        // Rule "No 5xx on a stream": native EventSource never returns after a non-200.
        await using (var third = await server.ListenAsync())
        {
            Assert.Equal(200, third.Response.Status);
            Assert.NotEqual(StreamEnd.Clean, await Eventually.EndsAsync(third.Ended, "the stream too many"));
            Assert.Equal([5_000], third.Frames.Select(f => f.Retry));
        }

        await server.Api.PublishToastAsync("x");
        await first.WaitForTypeAsync("tui.toast.show");
        await second.WaitForTypeAsync("tui.toast.show");

        await first.ResetAsync();
        await Eventually.TrueAsync(
            async () =>
            {
                await using var next = await server.ListenAsync();
                await Eventually.TrueAsync(() => next.Frames.Count > 0, "the first frame");
                return next.Frames.Any(f => f.Type == "server.connected") || await Task.WhenAny(next.Ended, Task.Delay(200)) != next.Ended;
            },
            "the place of the first stream");
    }

    [Fact]
    public async Task Prompts_over_the_limit_get_a_503_with_retry_after_and_the_others_are_answered()
    {
        var server = await StartAsync(Limited("queued_prompts", 3));
        await using var stream = await server.ListenAsync();
        var session = await server.Api.CreateSessionAsync();
        var gate = Path.Combine(Folder.Path, "gate");
        await server.Api.PromptAsync(session, $"run: until [ -e {gate} ]; do sleep 0.05; done");
        await stream.WaitForAsync(f => f.Properties.Text("part", "state", "status") == "running", "the tool to run");
        for (var n = 0; n < 3; n++)
            await server.Api.PromptAsync(session, $"queued {n}");

        using var request = new HttpRequestMessage(HttpMethod.Post, $"/session/{session}/prompt_async")
        {
            Content = new StringContent("{\"parts\":[{\"type\":\"text\",\"text\":\"one too many\"}]}", Encoding.UTF8, "application/json"),
        };
        using var refused = await server.Api.SendAsync(request);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.NotEmpty(await refused.Content.ReadAsStringAsync());

        await File.WriteAllTextAsync(gate, "");
        await stream.WaitForTypeAsync("session.idle", session);
        var messages = await server.Api.MessagesAsync(session);
        Assert.Equal(4, messages.Count(m => m.Text("info", "role") == "user"));
        Assert.DoesNotContain("one too many", string.Concat(messages), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_over_the_limit_gets_an_answer_or_an_end_and_the_others_go_on()
    {
        var server = await StartAsync(Limited("connections", 5));
        List<SseClient> held = [];
        for (var n = 0; n < 4; n++)
            held.Add(Own(await server.ListenAsync()));

        await server.Api.GetAsync("/global/health"); // The fifth.
        int? status = null;
        try
        {
            status = (await RawHttp.SendAsync(server.Root, "GET", "/global/health")).Status;
        }
        catch (Exception e) when (e is System.Net.Sockets.SocketException or EndOfStreamException)
        {
            Output.WriteLine($"The sixth connection was ended: {e.Message}");
        }

        Assert.True(status is null or 503, $"The sixth connection was answered with {status}.");
        await server.Api.PublishToastAsync("x");
        await Task.WhenAll(held.Select(h => h.WaitForTypeAsync("tui.toast.show")));
    }

    private ServerSetup Limited(string key, int value) =>
        Setup with { Config = new JsonObject { ["server"] = new JsonObject { ["limits"] = new JsonObject { [key] = value } } } };
}
