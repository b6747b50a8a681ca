using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using OpenCode.Actors.Models;
using OpenCode.Actors.Models.Providers;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.EndToEnd.Providers;

public sealed class OpenAiChatModelTests : IAsyncLifetime
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(20);

    private FakeProvider _provider = null!;

    public async Task InitializeAsync() => _provider = await FakeProvider.StartAsync();

    public async Task DisposeAsync() => await _provider.DisposeAsync();

    [Fact]
    public async Task Text_arrives_in_deltas_with_usage_at_the_end()
    {
        _provider.Stream(
            """{"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}""",
            """{"choices":[{"index":0,"delta":{"content":"Hel"}}]}""",
            """{"choices":[{"index":0,"delta":{"content":"lo"}}]}""",
            """{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""",
            """{"choices":[],"usage":{"prompt_tokens":12,"completion_tokens":9,"total_tokens":21,"prompt_tokens_details":{"cached_tokens":5},"completion_tokens_details":{"reasoning_tokens":4}}}""");

        var chunks = await AskAsync();

        Assert.Equal([new TextDelta("Hel"), new TextDelta("lo"), new Finished(FinishReason.Stop, new TokenUsage(7, 5, 4, 5))], chunks);
    }

    [Theory]
    [InlineData("reasoning_content")]
    [InlineData("reasoning")]
    public async Task Reasoning_arrives_whatever_the_server_calls_it(string field)
    {
        _provider.Stream(
            $$$"""{"choices":[{"index":0,"delta":{"{{{field}}}":"Let me "}}]}""",
            $$$"""{"choices":[{"index":0,"delta":{"content":null,"{{{field}}}":"think."}}]}""",
            """{"choices":[{"index":0,"delta":{"content":"Done."}}]}""",
            """{"choices":[{"index":0,"delta":{},"finish_reason":"length"}]}""");

        var chunks = await AskAsync();

        Assert.Equal([new ReasoningDelta("Let me "), new ReasoningDelta("think."), new TextDelta("Done."), new Finished(FinishReason.Length, TokenUsage.None)], chunks);
    }

    [Fact]
    public async Task Half_an_emoji_is_joined_with_the_next_chunk()
    {
        _provider.Stream(
            """{"choices":[{"index":0,"delta":{"reasoning":"\ud83d"}}]}""",
            """{"choices":[{"index":0,"delta":{"reasoning":"\ude00 hm"}}]}""",
            """{"choices":[{"index":0,"delta":{"content":"a \"\n\ud83d"}}]}""",
            """{"choices":[{"index":0,"delta":{"content":"\ude00"}}]}""",
            """{"choices":[{"index":0,"delta":{"content":"\ude00 low, high \ud83d"}}]}""",
            """{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_a","type":"function","function":{"name":"bash","arguments":"{\"a\":\"\ud83d"}}]}}]}""",
            """{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"\ude00 \\ud83d\"}"}}]}}]}""",
            """{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}""");

        var chunks = await AskAsync();

        Assert.Equal("\U0001F600 hm", string.Concat(chunks.OfType<ReasoningDelta>().Select(static c => c.Text)));
        Assert.Equal("a \"\n\U0001F600\uFFFD low, high \uFFFD", string.Concat(chunks.OfType<TextDelta>().Select(static c => c.Text)));
        Assert.Equal("\U0001F600 \uFFFD", Assert.Single(chunks.OfType<ToolCallChunk>()).Call.Input.GetProperty("a").GetString());
    }

    [Fact]
    public async Task Half_an_emoji_at_the_end_of_the_reasoning_comes_before_the_text()
    {
        _provider.Stream(
            """{"choices":[{"index":0,"delta":{"reasoning":"hm \ud83d"}}]}""",
            """{"choices":[{"index":0,"delta":{"content":"Done."}}]}""",
            """{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""");

        var chunks = await AskAsync();

        Assert.Equal([new ReasoningDelta("hm "), new ReasoningDelta("\uFFFD"), new TextDelta("Done."), new Finished(FinishReason.Stop, TokenUsage.None)], chunks);
    }

    [Fact]
    public async Task Tool_calls_split_over_chunks_come_whole()
    {
        _provider.Stream(
            """{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_a","type":"function","function":{"name":"bash","arguments":""}}]}}]}""",
            """{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"comm"}}]}}]}""",
            """{"choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"id":"call_b","type":"function","function":{"name":"bash","arguments":"{}"}}]}}]}""",
            """{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"and\":\"ls\"}"}}]}}]}""",
            """{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}""");

        var chunks = await AskAsync();

        var calls = chunks.OfType<ToolCallChunk>().Select(c => (c.Call.CallId, c.Call.Name, c.Call.Input.GetRawText()));
        Assert.Equal([("call_a", "bash", """{"command":"ls"}"""), ("call_b", "bash", "{}")], calls);
        Assert.Equal(FinishReason.ToolCalls, Assert.IsType<Finished>(chunks[^1]).Reason);
    }

    [Fact]
    public async Task Calls_without_index_or_id_or_valid_arguments_are_still_told()
    {
        _provider.Stream(
            """{"choices":[{"delta":{"tool_calls":[{"function":{"name":"bash","arguments":"{\"command\": ls"}}]}}]}""",
            """{"choices":[{"delta":{"tool_calls":[{"id":"second","function":{"name":"bash","arguments":""}}]},"finish_reason":"stop"}]}""");

        var calls = (await AskAsync()).OfType<ToolCallChunk>().Select(c => c.Call).ToList();

        Assert.Equal(["call_1_0", "second"], calls.Select(c => c.CallId));
        Assert.Equal(JsonValueKind.String, calls[0].Input.ValueKind);
        Assert.Equal("{\"command\": ls", calls[0].Input.GetString());
        Assert.Equal("{}", calls[1].Input.GetRawText());
    }

    [Fact]
    public async Task The_conversation_the_tools_and_the_key_are_sent()
    {
        _provider.Stream("""{"choices":[{"delta":{"content":"ok"},"finish_reason":"stop"}]}""");
        var call = new ToolCall("call_1", "bash", JsonElement.Parse("""{"command":"ls"}"""));
        var request = new ModelRequest(
            "m1",
            "Be brief.",
            [new UserTurn("list"), new AssistantTurn("", [new ReasoningBlock("hm")], [call]), new ToolResult("call_1", "bash", "a b", IsError: false), new AssistantTurn("Two files.", [], [])],
            [new ToolDefinition("bash", "Runs it.", JsonElement.Parse("""{"type":"object"}"""))]);

        await AskAsync(request, apiKey: "secret-1", headers: new Dictionary<string, string>(StringComparer.Ordinal) { ["x-team"] = "blue" });

        var sent = Assert.Single(_provider.Requests);
        Assert.Equal("Bearer secret-1", sent.Headers["Authorization"]);
        Assert.Equal("blue", sent.Headers["x-team"]);
        Assert.Equal(
            """{"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"list"},"""
            + """{"role":"assistant","tool_calls":[{"id":"call_1","type":"function","function":{"name":"bash","arguments":"{\"command\":\"ls\"}"}}]},"""
            + """{"role":"tool","tool_call_id":"call_1","content":"a b"},{"role":"assistant","content":"Two files."}],"model":"m1","stream":true,"stream_options":{"include_usage":true},"tools":"""
            + """[{"type":"function","function":{"description":"Runs it.","name":"bash","parameters":{"type":"object"}}}]}""",
            sent.Body.GetRawText());
    }

    [Fact]
    public async Task Files_options_and_limits_are_sent_as_the_model_takes_them()
    {
        _provider.Stream("""{"choices":[{"delta":{"content":"ok"},"finish_reason":"content_filter"}]}""");
        var model = new ModelInfo("m1", "M") { ApiId = "api-1", Headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["x-m"] = "m" }, Capabilities = new ModelCapabilities { Temperature = true, Input = ["text", "image"], ReasoningField = "reasoning_content" } };
        var image = new FileContent("image/png", "a.png", new byte[] { 1, 2 });
        var call = new ToolCall("c", "read", JsonElement.Parse("\"no json\""));
        var request = new ModelRequest(
            "m1", null,
            [new UserTurn([new TextContent("see"), image, new FileContent("application/pdf", "b.pdf", new byte[] { 3 })]), new AssistantTurn("", [new ReasoningBlock("hm")], [call]), new ToolResult("c", "read", "out", IsError: false) { Files = [image] }],
            [new ToolDefinition("read", "Reads.", JsonElement.Parse("""{"type":"object"}"""))])
        {
            Options = new StepOptions { Temperature = 0.3, TopP = 0.8, MaxOutputTokens = 9000, MustCallTool = true, Provider = new Dictionary<string, JsonElement>(StringComparer.Ordinal) { ["reasoningEffort"] = JsonElement.Parse("\"high\""), ["foo"] = JsonElement.Parse("""{"a":1}""") } },
        };

        var chunks = await AskAsync(request, model: model);

        Assert.Equal(FinishReason.ContentFilter, Assert.IsType<Finished>(chunks[^1]).Reason);
        var sent = Assert.Single(_provider.Requests);
        Assert.Equal("m", sent.Headers["x-m"]);
        Assert.Equal(("api-1", 9000, 0.3, 0.8, "high", "required", 1), (
            sent.Body.GetProperty("model").GetString(), sent.Body.GetProperty("max_tokens").GetInt32(), sent.Body.GetProperty("temperature").GetDouble(), sent.Body.GetProperty("top_p").GetDouble(),
            sent.Body.GetProperty("reasoning_effort").GetString(), sent.Body.GetProperty("tool_choice").GetString(), sent.Body.GetProperty("foo").GetProperty("a").GetInt32()));
        var messages = sent.Body.GetProperty("messages");
        Assert.Equal("data:image/png;base64,AQI=", messages[0].GetProperty("content")[1].GetProperty("image_url").GetProperty("url").GetString());
        Assert.Contains("b.pdf", messages[0].GetProperty("content")[2].GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Equal("hm", messages[1].GetProperty("reasoning_content").GetString());
        Assert.Equal("""{"input":"no json"}""", messages[1].GetProperty("tool_calls")[0].GetProperty("function").GetProperty("arguments").GetString());
        Assert.Equal("out", messages[2].GetProperty("content").GetString());
        Assert.Equal("image_url", messages[3].GetProperty("content")[1].GetProperty("type").GetString());
    }

    [Fact]
    public async Task A_step_without_calls_names_no_tools()
    {
        _provider.Stream("""{"choices":[{"delta":{"content":"ok"},"finish_reason":"stop"}]}""");

        await AskAsync(new ModelRequest("m1", null, [new UserTurn("hi")], [new ToolDefinition("read", "Reads.", JsonElement.Parse("""{"type":"object"}"""))]) { Options = new StepOptions { MayCallTools = false } });

        Assert.False(Assert.Single(_provider.Requests).Body.TryGetProperty("tools", out _));
    }

    [Fact]
    public async Task A_conversation_that_is_too_long_is_told_as_that()
    {
        _provider.Refuse(400, """{"error":{"message":"This model's maximum context length is 4096 tokens","code":"context_length_exceeded"}}""");

        var error = await Assert.ThrowsAsync<ModelException>(() => AskAsync());

        Assert.True(error.IsContextOverflow);
        Assert.False(error.Retryable);
    }

    [Fact]
    public async Task A_server_without_a_key_gets_no_authorization_header()
    {
        _provider.Stream("""{"choices":[{"delta":{"content":"ok"},"finish_reason":"stop"}]}""");

        await AskAsync();

        Assert.DoesNotContain("Authorization", Assert.Single(_provider.Requests).Headers.Keys);
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
        _provider.Refuse(status, """{"error":{"message":"mock says no","code":"x"}}""", headers: ("X-Trace", "t1"));

        var error = await Assert.ThrowsAsync<ModelException>(() => AskAsync());

        Assert.Equal("mock says no", error.Message);
        Assert.Equal((status, retryable), (error.StatusCode, error.Retryable));
        Assert.Equal("t1", error.ResponseHeaders!["x-trace"]);
        Assert.Equal("""{"error":{"message":"mock says no","code":"x"}}""", error.ResponseBody);
        Assert.Null(error.RetryAfter);
        Assert.Single(_provider.Requests);
    }

    [Fact]
    public async Task The_time_to_wait_is_read_as_seconds_milliseconds_or_date()
    {
        _provider.Refuse(429, "{}", headers: ("Retry-After", "3"))
            .Refuse(429, "{}", headers: ("retry-after-ms", "1500"))
            .Refuse(503, "busy", "text/plain", headers: ("Retry-After", DateTimeOffset.UtcNow.AddSeconds(40).ToString("R", CultureInfo.InvariantCulture)));

        var seconds = await Assert.ThrowsAsync<ModelException>(() => AskAsync());
        var milliseconds = await Assert.ThrowsAsync<ModelException>(() => AskAsync());
        var date = await Assert.ThrowsAsync<ModelException>(() => AskAsync());

        Assert.Equal(TimeSpan.FromSeconds(3), seconds.RetryAfter);
        Assert.Equal(TimeSpan.FromMilliseconds(1500), milliseconds.RetryAfter);
        Assert.InRange(date.RetryAfter!.Value.TotalSeconds, 20, 41);
        Assert.Contains("503", date.Message, StringComparison.Ordinal);
        Assert.Contains("busy", date.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_that_is_cut_fails_after_what_had_arrived_and_may_be_tried_again()
    {
        var cut = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _provider.StreamAndCut(cut.Task, """{"choices":[{"delta":{"content":"Hel"}}]}""");
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
        _provider.StreamAndStop("""{"choices":[{"delta":{"content":"Hel"}}]}""");

        var error = await Assert.ThrowsAsync<ModelException>(() => AskAsync());

        Assert.True(error.Retryable);
    }

    [Fact]
    public async Task An_error_inside_the_stream_is_told()
    {
        _provider.Stream("""{"choices":[{"delta":{"content":"Hel"}}]}""", """{"error":{"message":"context too long","code":400}}""");

        var error = await Assert.ThrowsAsync<ModelException>(() => AskAsync());

        Assert.Equal(("context too long", false, 400), (error.Message, error.Retryable, error.StatusCode));
    }

    [Theory]
    [InlineData("""{"error":{"message":"no \ud83d","code":"\ud83d"}}""")]
    [InlineData("""{"error":"no \ud83d"}""")]
    public async Task Half_an_emoji_in_an_error_is_told_as_U_FFFD(string body)
    {
        _provider.Stream(body);
        Assert.Equal("no \uFFFD", (await Assert.ThrowsAsync<ModelException>(() => AskAsync())).Message);

        _provider.Refuse(400, body);
        Assert.Equal("no \uFFFD", (await Assert.ThrowsAsync<ModelException>(() => AskAsync())).Message);
    }

    [Fact]
    public async Task A_web_page_instead_of_a_stream_points_at_the_base_url()
    {
        _provider.Refuse(200, "<html>Welcome</html>", "text/html");

        var error = await Assert.ThrowsAsync<ModelException>(() => AskAsync());

        Assert.Contains("options.baseURL", error.Message, StringComparison.Ordinal);
        Assert.False(error.Retryable);
    }

    [Fact]
    public async Task A_silent_stream_is_cut_by_the_network_timeout()
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _provider.StreamAndHang(gone, """{"choices":[{"delta":{"content":"Hel"}}]}""");
        var chunks = new List<ModelChunk>();

        var error = await Assert.ThrowsAsync<ModelException>(() => AskAsync(networkTimeout: TimeSpan.FromSeconds(1), into: chunks));

        Assert.Equal([new TextDelta("Hel")], chunks);
        Assert.True(error.Retryable, error.Message);
        await gone.Task.WaitAsync(_patience);
    }

    [Fact]
    public async Task A_request_that_is_given_up_lets_go_of_its_connection()
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _provider.StreamAndHang(gone, """{"choices":[{"delta":{"content":"Hel"}}]}""");
        using var abort = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var chunk in Model().Model.StreamAsync(Prompt(), abort.Token))
                await abort.CancelAsync();
        });

        await gone.Task.WaitAsync(_patience);
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

    private static ModelRequest Prompt() => new("m1", null, [new UserTurn("hi")], []);

    private ResolvedModel Model(string? baseUrl = null, string? apiKey = null, IReadOnlyDictionary<string, string>? headers = null, TimeSpan? networkTimeout = null, ModelInfo? model = null) =>
        new ModelCatalog(
            new ModelsOptions([new ProviderOptions("fake", ProviderApi.OpenAiCompatible, [model ?? new ModelInfo("m1", "m1")])
            {
                BaseUrl = baseUrl ?? _provider.BaseUrl,
                ApiKey = apiKey,
                Headers = headers ?? new Dictionary<string, string>(StringComparer.Ordinal),
                Timeout = networkTimeout ?? TimeSpan.FromMinutes(1),
            }]),
            TimeProvider.System).Default;

    private async Task<List<ModelChunk>> AskAsync(
        ModelRequest? request = null,
        string? baseUrl = null,
        string? apiKey = null,
        IReadOnlyDictionary<string, string>? headers = null,
        TimeSpan? networkTimeout = null,
        List<ModelChunk>? into = null,
        ModelInfo? model = null)
    {
        using var patience = new CancellationTokenSource(_patience);
        var chunks = into ?? [];
        await foreach (var chunk in Model(baseUrl, apiKey, headers, networkTimeout, model).Model.StreamAsync(request ?? Prompt(), patience.Token))
            chunks.Add(chunk);
        return chunks;
    }
}
