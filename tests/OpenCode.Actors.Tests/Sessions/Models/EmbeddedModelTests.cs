using System.Text.Json;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Models.Embedded;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Sessions.Models;

public sealed class EmbeddedModelTests
{
    private static readonly ToolDefinition[] _tools = [Tool("bash"), Tool("question")];

    private readonly VirtualTime _time = new();

    [Fact]
    public async Task Any_prompt_is_quoted_and_answered_with_how_to_get_a_real_model()
    {
        var chunks = await AskAsync("Hello there");

        var text = Text(chunks);
        Assert.Contains("Hello there", text, StringComparison.Ordinal);
        Assert.Contains("embedded model of OpenCode.Actors", text, StringComparison.Ordinal);
        Assert.Contains("opencode.json", text, StringComparison.Ordinal);
        Assert.True(chunks.OfType<TextDelta>().Count() > 50);
        Assert.All(chunks.OfType<TextDelta>(), delta => Assert.NotEqual("", delta.Text));
        Assert.Equal(FinishReason.Stop, Assert.IsType<Finished>(chunks[^1]).Reason);
    }

    [Fact]
    public async Task The_same_conversation_gets_the_same_answer_and_usage()
    {
        var first = await AskAsync("Hello");
        var second = await AskAsync("Hello");

        Assert.Equal(first, second);
        Assert.Equal(new TokenUsage(2, (Text(first).Length + 3) / 4), Assert.IsType<Finished>(first[^1]).Usage);
    }

    [Fact]
    public async Task A_command_in_the_quotation_marks_of_opencode_run_is_a_command()
    {
        var chunks = await AskAsync("""
            "run: echo \"a b\""
            """);

        Assert.Equal("echo \"a b\"", Assert.Single(chunks.OfType<ToolCallChunk>()).Call.Input.GetProperty("command").GetString());
    }

    [Fact]
    public async Task Run_calls_bash_with_the_whole_command()
    {
        var chunks = await AskAsync("run: echo a | tee b\necho c");

        var call = Assert.Single(chunks.OfType<ToolCallChunk>()).Call;
        Assert.Equal("bash", call.Name);
        Assert.Equal("echo a | tee b\necho c", call.Input.GetProperty("command").GetString());
        Assert.NotEqual("", call.Input.GetProperty("description").GetString());
        Assert.Equal(FinishReason.ToolCalls, Assert.IsType<Finished>(chunks[^1]).Reason);
    }

    [Theory]
    [InlineData("hi\n", "exit code 0", "hi")]
    [InlineData("oops\n[Exit code: 3]", "exit code 3", "oops")]
    [InlineData("", "exit code 0", "wrote nothing")]
    public async Task After_the_command_its_output_and_exit_code_are_reported(string output, string code, string shown)
    {
        var text = Text(await AskAsync(AfterCall("bash", new ToolResult("call_1", "bash", output, IsError: false))));

        Assert.Contains(code, text, StringComparison.Ordinal);
        Assert.Contains(shown, text, StringComparison.Ordinal);
        Assert.DoesNotContain("[Exit", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tool_that_failed_is_reported_as_failed()
    {
        var text = Text(await AskAsync(AfterCall("bash", new ToolResult("call_1", "bash", "refused by the user", IsError: true))));

        Assert.Contains("did not do its work: refused by the user", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run: ls", "bash")]
    [InlineData("ask: Why?", "question")]
    public async Task A_tool_that_is_not_offered_is_not_called(string prompt, string tool)
    {
        var chunks = await AskAsync(new ModelRequest("assistant", null, [new UserTurn(prompt)], []));

        Assert.Empty(chunks.OfType<ToolCallChunk>());
        Assert.Contains($"`{tool}`", Text(chunks), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Calls_of_one_session_have_names_of_their_own()
    {
        var first = Assert.Single((await AskAsync("run: ls")).OfType<ToolCallChunk>()).Call;
        var second = Assert.Single((await AskAsync(new ModelRequest(
            "assistant", null, [new UserTurn("run: ls"), new AssistantTurn("", [], [first]), new ToolResult(first.CallId, "bash", "", IsError: false), new UserTurn("run: ls")], _tools)))
            .OfType<ToolCallChunk>()).Call;

        Assert.NotEqual(first.CallId, second.CallId);
    }

    [Fact]
    public async Task Ask_puts_the_question_with_its_answers()
    {
        var call = Assert.Single((await AskAsync("ask: Tea or coffee? | Tea | Coffee")).OfType<ToolCallChunk>()).Call;

        Assert.Equal("question", call.Name);
        Assert.Equal(
            """{"questions":[{"question":"Tea or coffee?","header":"Question","options":[{"label":"Tea","description":"Tea"},{"label":"Coffee","description":"Coffee"}]}]}""",
            call.Input.GetRawText());
    }

    [Fact]
    public async Task The_answer_to_a_question_is_reported()
    {
        var text = Text(await AskAsync(AfterCall("question", new ToolResult("call_1", "question", "The user answered: Tea.", IsError: false))));

        Assert.Contains("The user answered: Tea.", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Think_streams_reasoning_before_the_text()
    {
        var chunks = await AskAsync("think: first this then that");

        Assert.Equal("first this then that", string.Concat(chunks.OfType<ReasoningDelta>().Select(d => d.Text)));
        Assert.True(chunks.FindLastIndex(c => c is ReasoningDelta) < chunks.FindIndex(c => c is TextDelta));
        Assert.Equal(5, Assert.IsType<Finished>(chunks[^1]).Usage.Reasoning);
    }

    [Fact]
    public async Task Slow_streams_as_many_words_twenty_a_second()
    {
        var asking = AskAsync("slow: 40");
        var waits = 0;
        while (!asking.IsCompleted)
        {
            if (_time.NextTimer is not null)
            {
                Assert.Equal(waits++ * 50, _time.GetElapsedTime(0).TotalMilliseconds);
                _time.Advance(TimeSpan.FromMilliseconds(50));
            }

            await Task.Yield();
        }

        Assert.Equal(Enumerable.Range(1, 40).Select(i => $"word{i}{(i < 40 ? " " : "")}"), (await asking).OfType<TextDelta>().Select(d => d.Text));
        Assert.Equal(40, waits);
        Assert.Equal(TimeSpan.FromSeconds(2), _time.GetElapsedTime(0));
    }

    [Theory]
    [InlineData("fail: 500", 500, true)]
    [InlineData("fail: 429", 429, true)]
    [InlineData("fail: 400", 400, false)]
    [InlineData("FAIL:401", 401, false)]
    public async Task Fail_fails_like_a_provider(string prompt, int status, bool retryable)
    {
        var error = await Assert.ThrowsAsync<ModelException>(() => AskAsync(prompt));

        Assert.Equal((status, retryable), (error.StatusCode, error.Retryable));
        Assert.Equal(status == 429 ? TimeSpan.FromSeconds(3) : null, error.RetryAfter);
        using var body = JsonDocument.Parse(error.ResponseBody!);
        Assert.Equal(error.Message, body.RootElement.GetProperty("error").GetProperty("message").GetString());
    }

    [Theory]
    [InlineData("slow: much")]
    [InlineData("slow: 0")]
    [InlineData("fail: 200")]
    public async Task A_command_it_does_not_understand_is_explained(string prompt)
    {
        var text = Text(await AskAsync(prompt));

        Assert.Contains("For example", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_text_comes_in_a_bounded_number_of_deltas()
    {
        var chunks = await AskAsync("think: " + string.Join(' ', Enumerable.Repeat("word", 50_000)));

        Assert.InRange(chunks.OfType<ReasoningDelta>().Count(), 100, 401);
    }

    private static ToolDefinition Tool(string name) => new(name, name, JsonElement.Parse("{}"));

    private static ModelRequest Prompt(string text) => new("assistant", null, [new UserTurn(text)], _tools);

    private static ModelRequest AfterCall(string tool, ToolResult result) => new(
        "assistant", null, [new UserTurn("x"), new AssistantTurn("", [], [new ToolCall("call_1", tool, JsonElement.Parse("{}"))]), result], _tools);

    private static string Text(IEnumerable<ModelChunk> chunks) => string.Concat(chunks.OfType<TextDelta>().Select(d => d.Text));

    private Task<List<ModelChunk>> AskAsync(string prompt) => AskAsync(Prompt(prompt));

    private async Task<List<ModelChunk>> AskAsync(ModelRequest request)
    {
        var chunks = new List<ModelChunk>();
        await foreach (var chunk in new EmbeddedModel(_time).StreamAsync(request, default))
            chunks.Add(chunk);
        return chunks;
    }
}
