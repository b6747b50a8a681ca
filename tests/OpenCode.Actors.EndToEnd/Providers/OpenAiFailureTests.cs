using System.Globalization;
using System.Net;
using System.Net.Sockets;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.EndToEnd.Providers;

/// <summary>Refusals, cuts and silence of such a provider, and the error for a retry.</summary>
public sealed class OpenAiFailureTests : OpenAiChatModelKit
{
    [Fact]
    public async Task A_conversation_that_is_too_long_is_told_as_that()
    {
        Provider.Refuse(400, """{"error":{"message":"This model's maximum context length is 4096 tokens","code":"context_length_exceeded"}}""");

        var error = await Assert.ThrowsAsync<ModelException>(() => AskAsync());

        Assert.True(error.IsContextOverflow);
        Assert.False(error.Retryable);
    }

    [Fact]
    public async Task A_redirect_is_told_and_not_followed_with_the_conversation()
    {
        Provider.Refuse(307, "", headers: ("Location", $"{Provider.BaseUrl}/chat/completions"));

        var error = await Assert.ThrowsAsync<ModelException>(() => AskAsync(apiKey: "k"));

        Assert.Equal((307, false), (error.StatusCode, error.Retryable));
        Assert.Single(Provider.Requests);
    }

    [Fact]
    public async Task A_line_without_an_end_is_cut_at_a_bound()
    {
        Provider.Stream($$$"""{"choices":[{"delta":{"content":"{{{new string('x', 17 << 20)}}}"}}]}""");

        var error = await Assert.ThrowsAsync<ModelException>(() => AskAsync());

        Assert.Contains("16 MiB", error.Message, StringComparison.Ordinal);
        Assert.False(error.Retryable);
    }

    [Theory]
    [InlineData(400, false)]
    [InlineData(401, false)]
    [InlineData(404, false)]
    [InlineData(408, true)]
    [InlineData(409, true)]
    [InlineData(429, true)]
    [InlineData(500, true)]
    [InlineData(503, true)]
    public async Task A_refusal_is_told_with_all_it_came_with_and_tried_once(int status, bool retryable)
    {
        Provider.Refuse(status, """{"error":{"message":"mock says no","code":"x"}}""", headers: ("X-Trace", "t1"));

        var error = await Assert.ThrowsAsync<ModelException>(() => AskAsync());

        Assert.Equal("mock says no", error.Message);
        Assert.Equal((status, retryable), (error.StatusCode, error.Retryable));
        Assert.Equal("t1", error.ResponseHeaders!["x-trace"]);
        Assert.Equal("""{"error":{"message":"mock says no","code":"x"}}""", error.ResponseBody);
        Assert.Null(error.RetryAfter);
        Assert.Single(Provider.Requests);
    }

    [Fact]
    public async Task The_time_to_wait_is_read_as_seconds_milliseconds_or_date()
    {
        Provider.Refuse(429, "{}", headers: ("Retry-After", "3"))
            .Refuse(429, "{}", headers: ("retry-after-ms", "1500"))
            .Refuse(503, "busy", "text/plain", headers: ("Retry-After", DateTimeOffset.UtcNow.AddHours(1).ToString("R", CultureInfo.InvariantCulture)));

        var seconds = await Assert.ThrowsAsync<ModelException>(() => AskAsync());
        var milliseconds = await Assert.ThrowsAsync<ModelException>(() => AskAsync());
        var date = await Assert.ThrowsAsync<ModelException>(() => AskAsync());

        Assert.Equal(TimeSpan.FromSeconds(3), seconds.RetryAfter);
        Assert.Equal(TimeSpan.FromMilliseconds(1500), milliseconds.RetryAfter);
        Assert.InRange(date.RetryAfter!.Value.TotalSeconds, 3_000, 3_601);
        Assert.Contains("503", date.Message, StringComparison.Ordinal);
        Assert.Contains("busy", date.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_that_is_cut_fails_after_what_had_arrived_and_may_be_tried_again()
    {
        var cut = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Provider.StreamAndCut(cut.Task, """{"choices":[{"delta":{"content":"Hel"}}]}""");
        var chunks = new List<ModelChunk>();

        var error = await Assert.ThrowsAsync<ModelException>(async () =>
        {
            await foreach (var chunk in Model().Model.StreamAsync(Prompt(), default))
            {
                chunks.Add(chunk);
                cut.TrySetResult();
            }
        });

        Assert.Equal([new TextDelta("Hel")], chunks);
        Assert.True(error.Retryable);
        Assert.Null(error.StatusCode);
    }

    [Fact]
    public async Task A_stream_that_ends_before_its_answer_does_is_no_answer()
    {
        Provider.Events("""{"choices":[{"delta":{"content":"Hel"}}]}""");

        var error = await Assert.ThrowsAsync<ModelException>(() => AskAsync());

        Assert.True(error.Retryable);
    }

    [Fact]
    public async Task An_error_inside_the_stream_is_told()
    {
        Provider.Stream("""{"choices":[{"delta":{"content":"Hel"}}]}""", """{"error":{"message":"context too long","code":400}}""");

        var error = await Assert.ThrowsAsync<ModelException>(() => AskAsync());

        Assert.Equal(("context too long", false, 400), (error.Message, error.Retryable, error.StatusCode));
    }

    [Theory]
    [InlineData("""{"error":{"message":"no \ud83d","code":"\ud83d"}}""")]
    [InlineData("""{"error":"no \ud83d"}""")]
    public async Task Half_an_emoji_in_an_error_is_told_as_U_FFFD(string body)
    {
        Provider.Stream(body);
        Assert.Equal("no \uFFFD", (await Assert.ThrowsAsync<ModelException>(() => AskAsync())).Message);

        Provider.Refuse(400, body);
        Assert.Equal("no \uFFFD", (await Assert.ThrowsAsync<ModelException>(() => AskAsync())).Message);
    }

    [Fact]
    public async Task A_web_page_instead_of_a_stream_points_at_the_base_url()
    {
        Provider.Refuse(200, "<html>Welcome</html>", "text/html");

        var error = await Assert.ThrowsAsync<ModelException>(() => AskAsync());

        Assert.Contains("options.baseURL", error.Message, StringComparison.Ordinal);
        Assert.False(error.Retryable);
    }

    [Fact]
    public async Task A_silent_stream_is_cut_by_the_network_timeout()
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Provider.StreamAndHang(gone, """{"choices":[{"delta":{"content":"Hel"}}]}""");
        var chunks = new List<ModelChunk>();

        var error = await Assert.ThrowsAsync<ModelException>(() => AskAsync(networkTimeout: TimeSpan.FromSeconds(2), into: chunks));

        Assert.Equal([new TextDelta("Hel")], chunks);
        Assert.True(error.Retryable, error.Message);
        await gone.Task.WaitAsync(Patience);
    }

    [Fact]
    public async Task A_request_that_is_given_up_lets_go_of_its_connection()
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Provider.StreamAndHang(gone, """{"choices":[{"delta":{"content":"Hel"}}]}""");
        using var abort = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var chunk in Model().Model.StreamAsync(Prompt(), abort.Token))
                await abort.CancelAsync();
        });

        await gone.Task.WaitAsync(Patience);
    }

    [Fact]
    public async Task A_server_that_is_not_there_may_be_there_later()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();

        var error = await Assert.ThrowsAsync<ModelException>(() => AskAsync(baseUrl: $"http://127.0.0.1:{port}/v1"));

        Assert.True(error.Retryable);
        Assert.Null(error.StatusCode);
        Assert.Contains($"127.0.0.1:{port}", error.Message, StringComparison.Ordinal);
    }
}
