using System.Text.Json;
using OpenCode.Actors.Models;
using OpenCode.Actors.Models.Providers;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.EndToEnd.Providers;

public sealed class AnthropicChatModelTests : IAsyncLifetime
{
    private const string Start = """{"type":"message_start","message":{"id":"m","type":"message","role":"assistant","content":[],"model":"x","stop_reason":null,"usage":{"input_tokens":10,"cache_read_input_tokens":7,"cache_creation_input_tokens":3,"output_tokens":1}}}""";
    private const string Stop = """{"type":"message_stop"}""";

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private ScriptedProvider _provider = null!;

    public async Task InitializeAsync() => _provider = await ScriptedProvider.StartAsync();

    public async Task DisposeAsync() => await _provider.DisposeAsync();

    [Fact]
    public async Task Thinking_text_calls_and_usage_arrive_with_the_signature()
    {
        _provider.Events(
            Start,
            """{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}""",
            """{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Let me \ud83d"}}""",
            """{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"\ude00"}}""",
            """{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"sig-1"}}""",
            """{"type":"content_block_stop","index":0}""",
            """{"type":"content_block_start","index":1,"content_block":{"type":"redacted_thinking","data":"secret"}}""",
            """{"type":"content_block_stop","index":1}""",
            """{"type":"ping"}""",
            """{"type":"content_block_start","index":2,"content_block":{"type":"text","text":""}}""",
            """{"type":"content_block_delta","index":2,"delta":{"type":"text_delta","text":"A\ud83d"}}""",
            """{"type":"content_block_delta","index":2,"delta":{"type":"text_delta","text":"\ude42B"}}""",
            """{"type":"content_block_stop","index":2}""",
            """{"type":"content_block_start","index":3,"content_block":{"type":"tool_use","id":"t1","name":"bash","input":{}}}""",
            """{"type":"content_block_start","index":4,"content_block":{"type":"tool_use","id":"t2","name":"read","input":{}}}""",
            """{"type":"content_block_delta","index":4,"delta":{"type":"input_json_delta","partial_json":"{\"path\": no"}}""",
            """{"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":"{\"command\":"}}""",
            """{"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":"\"ls\"}"}}""",
            """{"type":"content_block_stop","index":3}""",
            """{"type":"content_block_stop","index":4}""",
            """{"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":25,"output_tokens_details":{"thinking_tokens":5}}}""",
            Stop);

        var chunks = await AskAsync();

        Assert.Equal("Let me \U0001F600", string.Concat(chunks.OfType<ReasoningDelta>().Select(static c => c.Text)));
        Assert.Equal(
            ["""{"anthropic":{"signature":"sig-1"}}""", """{"anthropic":{"redactedData":"secret"}}"""], chunks.OfType<ReasoningEnded>().Select(static c => c.Metadata.GetRawText()));
        Assert.Equal("A\U0001F642B", string.Concat(chunks.OfType<TextDelta>().Select(static c => c.Text)));
        Assert.Equal([("t1", "bash", """{"command":"ls"}"""), ("t2", "read", """
            "{\u0022path\u0022: no"
            """)], chunks.OfType<ToolCallChunk>().Select(static c => (c.Call.CallId, c.Call.Name, c.Call.Input.GetRawText())));
        Assert.Equal(new Finished(FinishReason.ToolCalls, new TokenUsage(10, 20, 5, 7, 3)), chunks[^1]);
    }

    [Fact]
    public async Task The_conversation_is_sent_with_files_results_and_the_signed_thinking()
    {
        _provider.Events(Start, """{"type":"message_delta","delta":{"stop_reason":"max_tokens"},"usage":{"output_tokens":2}}""", Stop);
        var image = new FileContent("image/png", "a.png", [1, 2]);
        var request = new ModelRequest(
            "claude", "Be brief.",
            [
                new UserTurn([new TextContent("see"), image, new FileContent("application/pdf", "b.pdf", [3]), new FileContent("audio/wav", "c.wav", [4])]),
                new AssistantTurn("Well.", [new ReasoningBlock("hm", JsonElement.Parse("""{"anthropic":{"signature":"s"}}""")), new ReasoningBlock("unsigned")], [new ToolCall("call.1", "bash", JsonElement.Parse("""{"command":"ls"}"""))]),
                new ToolResult("call.1", "bash", "out", IsError: true) { Files = [image] },
                new UserTurn("go on"),
            ],
            [new ToolDefinition("bash", "Runs.", JsonElement.Parse("""{"type":"object","properties":{}}"""))])
        {
            Options = new StepOptions { Temperature = 0.5, MaxOutputTokens = 1000, Provider = new Dictionary<string, JsonElement>(StringComparer.Ordinal) { ["thinking"] = JsonElement.Parse("""{"type":"enabled","budgetTokens":2000}"""), ["effort"] = JsonElement.Parse("\"low\"") } },
        };

        var chunks = await AskAsync(request, apiKey: "key-1");

        Assert.Equal(FinishReason.Length, Assert.IsType<Finished>(chunks[^1]).Reason);
        var sent = Assert.Single(_provider.Requests);
        Assert.Equal(("key-1", "Bearer key-1"), (sent.Headers["x-api-key"], sent.Headers["Authorization"]));
        Assert.Equal((3000, "api-claude", false), (sent.Body.GetProperty("max_tokens").GetInt32(), sent.Body.GetProperty("model").GetString(), sent.Body.TryGetProperty("temperature", out _)));
        Assert.Equal("""{"type":"enabled","budget_tokens":2000}""", sent.Body.GetProperty("thinking").GetRawText());
        Assert.Equal("low", sent.Body.GetProperty("output_config").GetProperty("effort").GetString());
        Assert.Equal("Be brief.", sent.Body.GetProperty("system")[0].GetProperty("text").GetString());
        var messages = sent.Body.GetProperty("messages");
        Assert.Equal(["user", "assistant", "user"], messages.EnumerateArray().Select(static m => m.GetProperty("role").GetString()));
        Assert.Equal(["text", "image", "document", "text"], Types(messages[0]));
        Assert.Contains("c.wav", messages[0].GetProperty("content")[3].GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Equal(["thinking", "text", "tool_use"], Types(messages[1]));
        Assert.Equal("s", messages[1].GetProperty("content")[0].GetProperty("signature").GetString());
        Assert.Equal("call_1", messages[1].GetProperty("content")[2].GetProperty("id").GetString());
        Assert.Equal(["tool_result", "text"], Types(messages[2]));
        Assert.True(messages[2].GetProperty("content")[0].GetProperty("is_error").GetBoolean());
    }

    [Theory]
    [InlineData("small")]
    [InlineData("large-text-of-this-request-0")] // What stands for the large ones meanwhile.
    public async Task Large_texts_and_files_are_sent_whole_and_in_their_order(string small)
    {
        _provider.Events(Start, """{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":2}}""", Stop);
        var (text, output, bytes) = (new string('a', 100_000), new string('b', 200_000), new byte[100_000]);
        new Random(1).NextBytes(bytes);
        var request = new ModelRequest(
            "claude", null,
            [
                new UserTurn([new TextContent(text), new FileContent("image/png", "a.png", bytes), new TextContent(small), new FileContent("application/pdf", "b.pdf", bytes)]),
                new AssistantTurn("Well.", [], [new ToolCall("call_1", "bash", JsonElement.Parse("{}"))]),
                new ToolResult("call_1", "bash", output, IsError: false) { Files = [new FileContent("image/png", "a.png", bytes)] },
            ],
            []);

        await AskAsync(request);

        var messages = Assert.Single(_provider.Requests).Body.GetProperty("messages");
        var (told, result) = (messages[0].GetProperty("content"), messages[2].GetProperty("content")[0].GetProperty("content"));
        Assert.Equal([text, small], ((int[])[0, 2]).Select(i => told[i].GetProperty("text").GetString()));
        Assert.Equal(output, result[0].GetProperty("text").GetString());
        Assert.All((JsonElement[])[told[1], told[3], result[1]], file => Assert.Equal(bytes, file.GetProperty("source").GetProperty("data").GetBytesFromBase64()));
    }

    [Fact]
    public async Task A_call_of_what_is_no_tool_and_one_with_a_key_twice_stay_in_the_conversation()
    {
        _provider.Events(Start, Stop);
        var call = new ToolCall("c", "no tool", JsonElement.Parse("""{"a":1,"a":2}"""));
        var request = new ModelRequest(
            "claude", null, [new UserTurn("see"), new AssistantTurn("", [], [call]), new ToolResult("c", "no tool", "no", IsError: true)], [new ToolDefinition("t", "", JsonElement.Parse("""{"type":"object","type":"object"}"""))]);

        await AskAsync(request);

        var sent = Assert.Single(_provider.Requests).Body.GetProperty("messages")[1].GetProperty("content")[0];
        Assert.Equal(("no_tool", """{"a":2}"""), (sent.GetProperty("name").GetString(), sent.GetProperty("input").GetRawText()));
    }

    [Theory]
    [InlineData(true, false, "auto")]
    [InlineData(true, true, "any")]
    [InlineData(false, false, "none")] // The tools are named even so: the API refuses earlier calls without them.
    public async Task Whether_tools_may_or_must_be_called_is_sent(bool may, bool must, string choice)
    {
        _provider.Events(Start, """{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":2}}""", Stop);

        await AskAsync(new ModelRequest("claude", null, [new UserTurn("hi")], [new ToolDefinition("bash", "Runs.", JsonElement.Parse("""{"type":"object"}"""))]) { Options = new StepOptions { MayCallTools = may, MustCallTool = must } });

        var sent = Assert.Single(_provider.Requests).Body;
        Assert.Equal((choice, 1), (sent.GetProperty("tool_choice").GetProperty("type").GetString(), sent.GetProperty("tools").GetArrayLength()));
    }

    [Fact]
    public async Task Refusals_errors_in_the_stream_and_cuts_are_told()
    {
        _provider.Refuse(429, """{"type":"error","error":{"type":"rate_limit_error","message":"slow down"}}""", headers: ("Retry-After", "3"))
            .Refuse(400, """{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 250000 tokens > 200000 maximum"}}""")
            .Events(Start, """{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}""")
            .Events(Start);

        var slow = await Assert.ThrowsAsync<ModelException>(() => AskAsync());
        var tooLong = await Assert.ThrowsAsync<ModelException>(() => AskAsync());
        var overloaded = await Assert.ThrowsAsync<ModelException>(() => AskAsync());
        var cut = await Assert.ThrowsAsync<ModelException>(() => AskAsync());

        Assert.Equal(("slow down", 429, true, TimeSpan.FromSeconds(3)), (slow.Message, slow.StatusCode, slow.Retryable, slow.RetryAfter));
        Assert.Equal((true, false, 400), (tooLong.IsContextOverflow, tooLong.Retryable, tooLong.StatusCode));
        Assert.Equal(("Overloaded", 529, true), (overloaded.Message, overloaded.StatusCode, overloaded.Retryable));
        Assert.True(cut.Retryable);
        Assert.Equal(4, _provider.Requests.Count);
    }

    [Fact]
    public async Task A_silent_stream_is_cut_by_the_providers_timeout()
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _provider.StreamAndHang(gone, Start);

        var error = await Assert.ThrowsAsync<ModelException>(() => AskAsync(timeout: TimeSpan.FromSeconds(1)));

        Assert.True(error.Retryable, error.Message);
        await gone.Task.WaitAsync(_patience);
    }

    private static IEnumerable<string?> Types(JsonElement message) => message.GetProperty("content").EnumerateArray().Select(static block => block.GetProperty("type").GetString());

    private async Task<List<ModelChunk>> AskAsync(ModelRequest? request = null, string? apiKey = null, TimeSpan? timeout = null)
    {
        var model = new ModelInfo("claude", "Claude") { ApiId = "api-claude", Capabilities = new ModelCapabilities { Temperature = true, Input = ["text", "image", "pdf"] } };
        using var catalog = new ModelCatalog(
            new ModelsOptions([new ProviderOptions("a", ProviderApi.Anthropic, [model]) { BaseUrl = _provider.BaseUrl, ApiKey = apiKey, Timeout = timeout ?? TimeSpan.FromMinutes(1) }]), TimeProvider.System);
        using var patience = new CancellationTokenSource(_patience);
        var chunks = new List<ModelChunk>();
        await foreach (var chunk in catalog.Default.Model.StreamAsync(request ?? new ModelRequest("claude", null, [new UserTurn("hi")], []), patience.Token))
            chunks.Add(chunk);
        return chunks;
    }
}
