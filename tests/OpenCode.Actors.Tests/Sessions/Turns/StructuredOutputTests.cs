using System.Text.Json;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Structured;

namespace OpenCode.Actors.Tests.Sessions.Turns;

/// <summary>A prompt with <c>format: json_schema</c> is answered by a call of <c>StructuredOutput</c>.</summary>
public sealed class StructuredOutputTests : SessionsKit
{
    private const string Name = "StructuredOutput";

    private static readonly JsonElement _schema = JsonElement.Parse("""{"type":"object","properties":{"name":{"type":"string"}},"required":["name"]}""");

    [Fact]
    public async Task The_call_is_the_answer_and_ends_the_turn()
    {
        var (session, accepted) = await AskAsync();
        var request = Assert.Single(Model.Requests);
        Assert.True(request.Options.MustCallTool);
        Assert.True(JsonElement.DeepEquals(_schema, request.Tools[^1].InputSchema));
        Assert.Contains(request.Tools, static tool => tool.Name == "bash");
        Assert.Contains(Name, request.System, StringComparison.Ordinal);
        var before = Journal.Head;

        Model.Answer.Call("c1", Name, """{"name":"A"}""").EndWithCalls();
        await RunDryAsync();

        Assert.Single(Model.Requests);
        Assert.IsType<IdleStatus>(await StatusAsync(session));
        Assert.Equal(
            ["step-start", "tool pending", "tool running", "tool completed", "step-finish", "assistant finish=tool-calls", "assistant finish=tool-calls completed", "session.updated", "status idle", "idle"],
            await StoryAsync(before));
        var answer = Assistant((await EndOfAsync(session, accepted)).Message);
        Assert.Equal("""{"name":"A"}""", answer.Structured?.GetRawText());
        Assert.Null(answer.Error);
        var kept = Assert.IsType<UserMessage>((await MessagesAsync(session))[0].Info).Format!;
        Assert.Equal(("json_schema", 2), (kept.Type, kept.RetryCount));
    }

    [Fact]
    public async Task An_answer_without_the_call_is_an_error_and_the_turn_ends_without_another_try()
    {
        var (session, accepted) = await AskAsync();
        var before = Journal.Head;
        Model.Answer.Say("It is A.").End();
        await RunDryAsync();

        var answer = (await EndOfAsync(session, accepted)).Message;
        Assert.Equal(("StructuredOutputError", 0), (Assistant(answer).Error?.Name, Assistant(answer).Error?.Data.Retries));
        Assert.Null(Assistant(answer).Structured);
        Assert.Equal("It is A.", Text(answer));
        Assert.DoesNotContain("error StructuredOutputError", await StoryAsync(before)); // The message has it, as in opencode.
        Assert.IsType<IdleStatus>(await StatusAsync(session));
        Assert.Single(Model.Requests);
    }

    [Fact]
    public async Task Tools_run_before_it_and_beside_it_and_the_last_of_two_calls_counts()
    {
        var (session, accepted) = await AskAsync();
        Model.Answer.Bash("c1", "ls").EndWithCalls();
        await RunDryAsync();
        Tools.Tool.End("x");
        await RunDryAsync();
        Assert.Equal([true, true], Model.Requests.Select(static request => request.Options.MustCallTool));
        Assert.Null(Assistant((await MessagesAsync(session))[1]).Error); // A step under way is no answer without an object.

        Model.Answer.Call("c2", Name, """{"name":"A"}""").Bash("c3", "ls").Call("c4", Name, """{"name":"B"}""").EndWithCalls();
        await RunDryAsync();
        Assert.IsType<BusyStatus>(await StatusAsync(session));
        Tools.Tool.End("x");
        await RunDryAsync();

        Assert.Equal(2, Model.Requests.Count);
        Assert.Equal("""{"name":"B"}""", Assistant((await EndOfAsync(session, accepted)).Message).Structured?.GetRawText());
    }

    [Fact]
    public async Task A_call_whose_input_is_no_object_is_told_to_the_model_which_calls_again()
    {
        var (session, accepted) = await AskAsync();
        Model.Answer.Call("c1", Name, "\"{\"").EndWithCalls();
        await RunDryAsync();
        Assert.Equal(2, Model.Requests.Count);

        Model.Answer.Call("c2", Name, """{"name":"A"}""").EndWithCalls();
        await RunDryAsync();

        Assert.NotNull(Assistant((await EndOfAsync(session, accepted)).Message).Structured);
    }

    [Fact]
    public async Task The_format_outlives_a_crash_while_the_turn_waits_for_its_user()
    {
        Config.Rules = [new PermissionRule("bash", "*", PermissionAction.Ask)];
        var (session, accepted) = await AskAsync();
        Model.Answer.Bash("c1", "ls").EndWithCalls();
        await RunDryAsync();
        await KillAndStartAsync();
        await ReplyAsync(Assert.Single(await PermissionsAsync()).Id, PermissionAnswer.Once);
        Tools.Tool.End("x");
        await RunDryAsync();
        Assert.True(Model.Requests[^1].Options.MustCallTool);

        Model.Answer.Call("c2", Name, """{"name":"A"}""").EndWithCalls();
        await RunDryAsync();

        Assert.NotNull(Assistant((await EndOfAsync(session, accepted)).Message).Structured);
        await KillAndStartAsync();
        Assert.Equal("""{"name":"A"}""", Assistant((await MessagesAsync(session))[^1]).Structured?.GetRawText());
    }

    [Fact]
    public async Task It_holds_for_its_prompt_alone()
    {
        var (session, _) = await AskAsync();
        await PromptAsync(session, "and in words"); // It waits, and has an answer of its own.
        Model.Answer.Call("c1", Name, """{"name":"A"}""").EndWithCalls();
        await RunDryAsync();
        Assert.False(Model.Requests[^1].Options.MustCallTool);
        Assert.DoesNotContain(Model.Requests[^1].Tools, static tool => tool.Name == Name);

        Model.Answer.Call("c2", Name, """{"name":"B"}""").EndWithCalls();
        await RunDryAsync();
        Assert.IsType<ToolError>(Tool((await MessagesAsync(session))[^2]).State);
        Model.Answer.Say("A").End();
        await RunDryAsync();

        var answers = (await MessagesAsync(session)).Select(static message => message.Info).OfType<AssistantMessage>().ToList();
        Assert.Equal([true, false, false], answers.Select(static answer => answer.Structured is not null));
        Assert.All(answers, static answer => Assert.Null(answer.Error));
    }

    [Fact]
    public async Task A_summary_on_the_way_is_made_without_it_and_the_turn_goes_on_with_it()
    {
        Model.Limit = new ModelLimit(10_000, 1_000);
        var (session, accepted) = await AskAsync();
        Model.Answer.Bash("c1", "ls").End(FinishReason.ToolCalls, input: 9_500);
        await RunDryAsync();
        Tools.Tool.End("x");
        await RunDryAsync();
        Assert.False(Model.Requests[1].Options.MustCallTool);
        Model.Answer.Say("sum").End();
        await RunDryAsync();
        Assert.True(Model.Requests[2].Options.MustCallTool);

        Model.Answer.Call("c2", Name, """{"name":"A"}""").End(FinishReason.ToolCalls, input: 9_500);
        await RunDryAsync();

        Assert.IsType<IdleStatus>(await StatusAsync(session)); // A full context is no reason to go on behind the answer.
        Assert.Equal("""{"name":"A"}""", Assistant((await EndOfAsync(session, accepted)).Message).Structured?.GetRawText());
        Assert.All((await MessagesAsync(session)).Select(static message => message.Info).OfType<AssistantMessage>(), static answer => Assert.Null(answer.Error));
    }

    [Fact]
    public async Task In_the_last_step_of_an_agent_it_is_the_only_tool()
    {
        Config.Change = static agents => agents with { All = [.. agents.All.Select(static agent => agent with { Steps = 1 })] };
        var (session, accepted) = await AskAsync();
        var request = Assert.Single(Model.Requests);
        Assert.Equal(Name, Assert.Single(request.Tools).Name);
        Assert.True(request.Options is { MayCallTools: true, MustCallTool: true });
        Assert.Contains(Name, Assert.IsType<UserTurn>(request.Messages[^1]).Text, StringComparison.Ordinal);

        Model.Answer.Bash("c1", "ls").Call("c2", Name, """{"name":"A"}""").EndWithCalls();
        await RunDryAsync();

        Assert.Empty(Tools.Started);
        Assert.NotNull(Assistant((await EndOfAsync(session, accepted)).Message).Structured);
    }

    [Fact]
    public async Task A_rule_against_all_tools_holds_for_it_too()
    {
        Config.Rules = [new PermissionRule("*", "*", PermissionAction.Deny)];
        var (session, accepted) = await AskAsync();
        Assert.Empty(Model.Requests[0].Tools);
        Assert.False(Model.Requests[0].Options.MustCallTool);

        Model.Answer.Say("A").End();
        await RunDryAsync();

        Assert.Equal("StructuredOutputError", Assistant((await EndOfAsync(session, accepted)).Message).Error?.Name);
    }

    [Theory]
    [InlineData("""{"$schema":"http://json-schema.org/draft-07/schema#","type":"object","properties":{}}""", """{"type":"object","properties":{}}""")]
    [InlineData("{}", """{"type":"object"}""")]
    public void Providers_get_an_object_schema_without_its_dialect(string schema, string sent) =>
        Assert.Equal(sent, StructuredOutputTool.DefinitionFor(JsonElement.Parse(schema)).InputSchema.GetRawText());

    private async Task<(SessionId Session, PromptAccepted Accepted)> AskAsync()
    {
        var session = (await CreateAsync()).Id;
        var prompt = new Prompt([new TextPromptPart("who?")]) { Format = new OutputFormat("json_schema") { Schema = _schema } };
        return (session, await AskAsync<PromptAccepted>(session, new TakePrompt(prompt)));
    }
}
