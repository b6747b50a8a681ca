using System.Text.Json;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.EndToEnd.Providers;

/// <summary>What is sent to such a provider, and what its answers become.</summary>
public sealed class OpenAiChatModelTests : OpenAiChatModelKit
{
    [Fact]
    public async Task Text_arrives_in_deltas_with_usage_at_the_end()
    {
        Provider.Stream(
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
        Provider.Stream(
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
        Provider.Stream(
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
        Provider.Stream(
            """{"choices":[{"index":0,"delta":{"reasoning":"hm \ud83d"}}]}""",
            """{"choices":[{"index":0,"delta":{"content":"Done."}}]}""",
            """{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""");

        var chunks = await AskAsync();

        Assert.Equal([new ReasoningDelta("hm "), new ReasoningDelta("\uFFFD"), new TextDelta("Done."), new Finished(FinishReason.Stop, TokenUsage.None)], chunks);
    }

    [Fact]
    public async Task Tool_calls_split_over_chunks_come_whole()
    {
        Provider.Stream(
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
        Provider.Stream(
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
        Provider.Stream("""{"choices":[{"delta":{"content":"ok"},"finish_reason":"stop"}]}""");
        var call = new ToolCall("call_1", "bash", JsonElement.Parse("""{"command":"ls"}"""));
        var request = new ModelRequest(
            "m1",
            "Be brief.",
            [new UserTurn("list"), new AssistantTurn("", [new ReasoningBlock("hm")], [call]), new ToolResult("call_1", "bash", "a b", IsError: false), new AssistantTurn("Two files.", [], [])],
            [new ToolDefinition("bash", "Runs it.", JsonElement.Parse("""{"type":"object"}"""))]);

        await AskAsync(request, apiKey: "secret-1", headers: new Dictionary<string, string>(StringComparer.Ordinal) { ["x-team"] = "blue" });

        var sent = Assert.Single(Provider.Requests);
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
    public async Task A_call_of_what_is_no_tool_stays_in_the_conversation_under_a_name_that_providers_take()
    {
        Provider.Stream("""{"choices":[{"delta":{"content":"ok"},"finish_reason":"stop"}]}""");
        var request = new ModelRequest("m1", null, [new UserTurn("list"), new AssistantTurn("", [], [new ToolCall("c", "", JsonElement.Parse("{}"))]), new ToolResult("c", "", "no", IsError: true)], []);

        await AskAsync(request);

        Assert.Equal("_", Assert.Single(Provider.Requests).Body.GetProperty("messages")[1].GetProperty("tool_calls")[0].GetProperty("function").GetProperty("name").GetString());
    }

    [Fact]
    public async Task A_large_image_is_sent_as_the_base64_that_it_is()
    {
        Provider.Stream("""{"choices":[{"delta":{"content":"ok"},"finish_reason":"stop"}]}""");
        var bytes = new byte[1024 * 1024];
        new Random(1).NextBytes(bytes);
        var model = new ModelInfo("m1", "M") { Capabilities = new ModelCapabilities { Input = ["text", "image"] } };

        await AskAsync(new ModelRequest("m1", null, [new UserTurn([new FileContent("image/png", "a.png", bytes)])], []), model: model);

        var content = Assert.Single(Provider.Requests).Body.GetProperty("messages")[0].GetProperty("content")[0];
        Assert.Equal($"data:image/png;base64,{Convert.ToBase64String(bytes)}", content.GetProperty("image_url").GetProperty("url").GetString());
    }

    [Fact]
    public async Task Files_options_and_limits_are_sent_as_the_model_takes_them()
    {
        Provider.Stream("""{"choices":[{"delta":{"content":"ok"},"finish_reason":"content_filter"}]}""");
        var model = new ModelInfo("m1", "M") { ApiId = "api-1", Headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["x-m"] = "m" }, Capabilities = new ModelCapabilities { Temperature = true, Input = ["text", "image"], ReasoningField = "reasoning_content" } };
        var image = new FileContent("image/png", "a.png", [1, 2]);
        var call = new ToolCall("c", "read", JsonElement.Parse("\"no json\""));
        var request = new ModelRequest(
            "m1", null,
            [new UserTurn([new TextContent("see"), image, new FileContent("application/pdf", "b.pdf", [3])]), new AssistantTurn("", [new ReasoningBlock("hm")], [call]), new ToolResult("c", "read", "out", IsError: false) { Files = [image] }],
            [new ToolDefinition("read", "Reads.", JsonElement.Parse("""{"type":"object"}"""))])
        {
            Options = new StepOptions { Temperature = 0.3, TopP = 0.8, MaxOutputTokens = 9000, MustCallTool = true, Provider = new Dictionary<string, JsonElement>(StringComparer.Ordinal) { ["reasoningEffort"] = JsonElement.Parse("\"high\""), ["foo"] = JsonElement.Parse("""{"a":1}""") } },
        };

        var chunks = await AskAsync(request, model: model);

        Assert.Equal(FinishReason.ContentFilter, Assert.IsType<Finished>(chunks[^1]).Reason);
        var sent = Assert.Single(Provider.Requests);
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
        Provider.Stream("""{"choices":[{"delta":{"content":"ok"},"finish_reason":"stop"}]}""");

        await AskAsync(new ModelRequest("m1", null, [new UserTurn("hi")], [new ToolDefinition("read", "Reads.", JsonElement.Parse("""{"type":"object"}"""))]) { Options = new StepOptions { MayCallTools = false } });

        Assert.False(Assert.Single(Provider.Requests).Body.TryGetProperty("tools", out _));
    }

    [Fact]
    public async Task A_server_without_a_key_gets_no_authorization_header()
    {
        Provider.Stream("""{"choices":[{"delta":{"content":"ok"},"finish_reason":"stop"}]}""");

        await AskAsync();

        Assert.DoesNotContain("Authorization", Assert.Single(Provider.Requests).Headers.Keys);
    }
}
