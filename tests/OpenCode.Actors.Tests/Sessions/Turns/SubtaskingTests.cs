using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Setup;
using OpenCode.Actors.Sessions.Tools;
using OpenCode.Actors.Sessions.Tools.Tasks;

namespace OpenCode.Actors.Tests.Sessions.Turns;

/// <summary>Tasks that a prompt gives, as the real server (1.18.33) does them.</summary>
public sealed class SubtaskingTests : SessionsKit
{
    private static readonly SubtaskPromptPart _task = new("find the bug", "Find it", "general");

    private protected override SessionSetup Arrange(SessionSetup setup) => setup with { Toolbox = new Toolbox([new TaskTool(new ChildSessions(() => Sessions, () => Config, () => Setup.Toolbox))]) };

    [Fact]
    public async Task A_child_does_the_task_of_a_command_and_the_model_is_told_to_go_on()
    {
        var (parent, child, accepted) = await BeginAsync(_task with { Command = "bug" });
        Assert.Equal("find the bug", Text((await MessagesAsync(child))[0]));
        Model.Answer.Say("it is in line 7").End();
        await RunDryAsync();
        Model.Answer.Say("Line 7.").End();
        await RunDryAsync();

        var messages = await MessagesAsync(parent);
        Assert.Equal(["user", "assistant", "user", "assistant"], messages.Select(static message => message.Info.Role));
        Assert.IsType<SubtaskPart>(Assert.Single(messages[0].Parts));
        var by = Assistant(messages[1]);
        Assert.Equal(("general", "general", "tool-calls", messages[0].Info.Id), (by.Agent, by.Mode, by.Finish, by.ParentId));
        var done = Assert.IsType<ToolCompleted>(Tool(messages[1]).State);
        Assert.Equal("""{"prompt":"find the bug","description":"Find it","subagent_type":"general","command":"bug"}""", done.Input.GetRawText());
        Assert.Contains("it is in line 7", done.Output, StringComparison.Ordinal);
        Assert.True(Assert.IsType<TextPart>(Assert.Single(messages[2].Parts)).Synthetic);
        Assert.Equal(("Line 7.", messages[2].Info.Id, "build"), (Text(messages[3]), Assistant(messages[3]).ParentId, Assistant(messages[3]).Agent));
        Assert.Equal(messages[3].Info.Id, (await EndOfAsync(parent, accepted)).Message.Info.Id);
        Assert.Equal(SessionStatus.Idle, await StatusAsync(parent));
    }

    [Fact]
    public async Task The_answer_after_a_task_is_found_whatever_stands_in_the_message_between()
    {
        var (parent, _, accepted) = await BeginAsync(_task with { Command = "bug" });
        Model.Answer.Say("it is in line 7").End();
        await RunDryAsync();
        Model.Answer.Say("Line 7.").End();
        await RunDryAsync();
        var messages = await MessagesAsync(parent);

        await AskAsync<HistoryEdited>(parent, new UpdatePart((TextPart)Assert.Single(messages[2].Parts) with { Text = "Other words." }));
        await KillAndStartAsync();

        Assert.Equal(messages[3].Info.Id, (await EndOfAsync(parent, accepted)).Message.Info.Id);
    }

    [Fact]
    public async Task A_prompt_that_comes_during_the_task_of_a_command_shares_its_answer()
    {
        var (parent, _, accepted) = await BeginAsync(_task with { Command = "bug" });
        var waited = await PromptAsync(parent, "and line 8?");
        Model.Answer.Say("it is in line 7").End();
        await RunDryAsync();
        Model.Answer.Say("Line 7, and 8 is fine.").End();
        await RunDryAsync();

        foreach (var prompt in new[] { accepted, waited })
            Assert.Equal("Line 7, and 8 is fine.", Text((await EndOfAsync(parent, prompt)).Message));
    }

    [Fact]
    public async Task The_model_answers_what_stands_beside_a_task_with_its_result()
    {
        var (parent, _, accepted) = await BeginAsync(_task, new TextPromptPart("and then?"));
        Model.Answer.Say("it is in line 7").End();
        await RunDryAsync();

        var asked = Model.Requests[^1].Messages;
        Assert.Equal(["The user had the agent 'general' do a task.", "and then?"], Assert.IsType<UserTurn>(asked[0]).Content.Select(static part => ((TextContent)part).Text.Split(" What")[0]));
        Assert.Equal("task", Assert.Single(Assert.IsType<AssistantTurn>(asked[1]).Calls).Name);
        Assert.Contains("it is in line 7", Assert.IsType<ToolResult>(asked[2]).Output, StringComparison.Ordinal);
        Model.Answer.Say("Then line 8.").End();
        await RunDryAsync();
        Assert.Equal("Then line 8.", Text((await EndOfAsync(parent, accepted)).Message));
    }

    [Fact]
    public async Task Each_task_of_a_prompt_is_done_in_a_message_of_its_own()
    {
        var (parent, _, _) = await BeginAsync(_task, new SubtaskPromptPart("plan it", "Plan", "plan"));
        Model.Answer.Say("one").End();
        await RunDryAsync();
        Model.Answer.Say("two").End();
        await RunDryAsync();
        Model.Answer.Say("both").End();
        await RunDryAsync();

        var messages = await MessagesAsync(parent);
        Assert.Equal(["general", "plan", "build"], messages.Skip(1).Select(message => Assistant(message).Agent));
        Assert.Contains("one", Assert.IsType<ToolCompleted>(Tool(messages[1]).State).Output, StringComparison.Ordinal);
        Assert.Contains("two", Assert.IsType<ToolCompleted>(Tool(messages[2]).State).Output, StringComparison.Ordinal);
        Assert.Equal(3, (await ListAsync()).Count);
    }

    [Fact]
    public async Task An_unknown_agent_is_refused_and_nothing_is_stored()
    {
        var session = (await CreateAsync()).Id;

        var refused = await AskAsync<PromptRejected>(session, new TakePrompt(new Prompt([_task with { Agent = "nobody" }])));

        Assert.Contains("nobody", refused.Reason, StringComparison.Ordinal);
        Assert.Empty(await MessagesAsync(session));
    }

    [Fact]
    public async Task An_abort_ends_the_child_and_the_turn()
    {
        var (parent, child, _) = await BeginAsync(_task with { Command = "bug" });

        await AskAsync<Aborted>(parent, new Abort());
        await RunDryAsync();

        Assert.Equal((SessionStatus.Idle, SessionStatus.Idle), (await StatusAsync(parent), await StatusAsync(child)));
        var messages = await MessagesAsync(parent);
        Assert.Equal((2, MessageError.AbortedName), (messages.Count, Assistant(messages[1]).Error!.Name));
        Assert.IsType<ToolError>(Tool(messages[1]).State);
    }

    [Fact]
    public async Task A_task_whose_child_fails_is_an_error_that_the_model_is_told()
    {
        var (parent, child, _) = await BeginAsync(_task with { Command = "bug" });

        await AskAsync<Aborted>(child, new Abort());
        await RunDryAsync();
        Model.Answer.Say("It failed.").End();
        await RunDryAsync();

        var messages = await MessagesAsync(parent);
        Assert.IsType<ToolError>(Tool(messages[1]).State);
        Assert.Equal("It failed.", Text(messages[^1]));
    }

    [Fact]
    public async Task A_kill_in_the_child_s_turn_ends_both_and_no_model_goes_on()
    {
        var (parent, child, _) = await BeginAsync(_task with { Command = "bug" });

        await KillAndStartAsync();
        await AskAsync<MessagePage>(parent, new GetMessages());
        await RunDryAsync();

        Assert.Equal((SessionStatus.Idle, SessionStatus.Idle), (await StatusAsync(parent), await StatusAsync(child)));
        var messages = await MessagesAsync(parent);
        Assert.Equal(2, messages.Count);
        Assert.IsType<ToolError>(Tool(messages[1]).State);
        Assert.DoesNotContain(messages[1].Parts, static part => part is StepFinishPart);
        Assert.Single(Model.Requests);
    }

    private async Task<(SessionId Parent, SessionId Child, PromptAccepted Accepted)> BeginAsync(params PromptPart[] parts)
    {
        var parent = (await CreateAsync()).Id;
        var accepted = await AskAsync<PromptAccepted>(parent, new TakePrompt(new Prompt(parts)));
        await RunDryAsync();
        return (parent, Assert.Single(await ListAsync(), id => id != parent), accepted);
    }
}
