using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Tests.Sessions.Turns;

/// <summary>Which answer a prompt has whose turn went on with another one, or was summed up: also when it is sent again later, and after a restart.</summary>
public sealed class SharedAnswerTests : CompactingKit
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_prompt_whose_turn_takes_another_one_up_between_two_steps_has_the_same_answer(bool isKilled)
    {
        var (session, one) = await WorkAsync();
        var two = await PromptAsync(session.Id, "two");
        if (isKilled)
        {
            Tools.Tool.End("made");
            await RunDryAsync();
            await SayAsync("both");
            await KillAndStartAsync();
        }
        else
        {
            var (first, second) = (AwaitTurn(session.Id, one), AwaitTurn(session.Id, two));
            Tools.Tool.End("made");
            await RunDryAsync();
            await SayAsync("both");
            await RunUntilAsync(first);
            await RunUntilAsync(second);
        }

        await AssertAnswersAsync(session, (one, "both"), (two, "both"));
    }

    [Fact]
    public async Task So_has_one_whose_turn_takes_up_a_third_after_that()
    {
        var (session, one) = await WorkAsync();
        var two = await PromptAsync(session.Id, "two");
        Tools.Tool.End("made");
        await RunDryAsync();
        Model.Answer.Bash("call_2", "make").EndWithCalls();
        await RunDryAsync();
        var three = await PromptAsync(session.Id, "three");
        Tools.Tool.End("made");
        await RunDryAsync();
        await SayAsync("all");

        await AssertAnswersAsync(session, (one, "all"), (two, "all"), (three, "all"));
    }

    [Fact]
    public async Task A_prompt_that_was_answered_whole_keeps_its_answer()
    {
        var session = await CreateAsync();
        var one = await PromptAsync(session.Id, "one");
        var two = await PromptAsync(session.Id, "two");
        await SayAsync("first");
        await SayAsync("second");

        await AssertAnswersAsync(session, (one, "first"), (two, "second"));
    }

    [Fact]
    public async Task What_the_user_refused_is_not_answered_by_the_next_prompt()
    {
        var session = await CreateAsync(permission: [new PermissionRule("bash", "*", PermissionAction.Ask)]);
        var one = await PromptAsync(session.Id, "one");
        Model.Answer.Say("I would.").Bash("call_1", "rm x").EndWithCalls();
        await RunDryAsync();
        var two = await PromptAsync(session.Id, "two");
        await ReplyAsync(Assert.Single(await PermissionsAsync()).Id, PermissionAnswer.Reject);
        await RunDryAsync();
        await SayAsync("second");

        await AssertAnswersAsync(session, (one, "I would."), (two, "second"));
    }

    [Fact]
    public async Task The_last_step_that_an_agent_may_take_is_the_end_of_its_answer()
    {
        Config.Change = static agents => agents with { All = [.. agents.All.Select(static agent => agent.Name == "build" ? agent with { Steps = 1 } : agent)] };
        var session = await CreateAsync();
        var one = await PromptAsync(session.Id, "one");
        var two = await PromptAsync(session.Id, "two");
        Model.Answer.Say("No more.").Bash("call_1", "make").EndWithCalls();
        await RunDryAsync();
        await SayAsync("second");

        await AssertAnswersAsync(session, (one, "No more."), (two, "second"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_summary_between_two_steps_changes_nothing(bool isBefore)
    {
        Model.Limit = new ModelLimit(10_000, 1_000);
        var session = await CreateAsync();
        var one = await PromptAsync(session.Id, "one");
        Model.Answer.Bash("call_1", "make").End(FinishReason.ToolCalls, input: 9_500);
        await RunDryAsync();
        var two = isBefore ? await PromptAsync(session.Id, "two") : null;
        Tools.Tool.End("made");
        await RunDryAsync();
        two ??= await PromptAsync(session.Id, "two");
        await SayAsync("sum");
        await SayAsync("both");

        await AssertAnswersAsync(session, (one, "both"), (two, "both"));
    }

    [Fact]
    public async Task A_prompt_whose_next_one_is_aborted_is_aborted()
    {
        var (session, one) = await WorkAsync();
        var two = await PromptAsync(session.Id, "two");
        Tools.Tool.End("made");
        await RunDryAsync();
        await AskAsync<Aborted>(session.Id, new Abort());

        foreach (var prompt in (PromptAccepted[])[one, two])
            Assert.Equal("MessageAbortedError", Assistant((await EndOfAsync(session.Id, prompt)).Message).Error?.Name);
    }

    [Fact]
    public async Task A_prompt_stays_answered_when_the_one_that_shared_its_answer_is_removed()
    {
        var (session, one) = await WorkAsync();
        var two = await PromptAsync(session.Id, "two");
        Tools.Tool.End("made");
        await RunDryAsync();
        await SayAsync("both");
        var answer = (await MessagesAsync(session.Id))[^1].Info.Id;

        await AskAsync<HistoryEdited>(session.Id, new DeleteMessage(answer));
        await AskAsync<HistoryEdited>(session.Id, new DeleteMessage(two.User.Info.Id));
        Assert.Equal("tool-calls", Assistant((await EndOfAsync(session.Id, one)).Message).Finish);
        await AskAsync<HistoryEdited>(session.Id, new DeleteMessage(one.User.Info.Id));

        Assert.Empty(await RowsAsync(session.Id, "answered-with"));
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, false)]
    public async Task A_prompt_that_was_answered_whole_has_no_answer_of_a_later_summary(bool isAborted, bool isInSameTurn)
    {
        var session = await CreateAsync();
        var one = await PromptAsync(session.Id, "one");
        if (isInSameTurn)
            await SummarizeAsync(session.Id);
        await SayAsync("first");
        if (isAborted && !isInSameTurn)
            await SummarizeAsync(session.Id);
        if (isAborted)
            await AskAsync<Aborted>(session.Id, new Abort());

        await AskAsync<PromptAccepted>(session.Id, new Summarize(new SummarizeSession("mock", "mock-1") { Auto = true }));
        await SayAsync("sum");
        await SayAsync("going on");

        Assert.Equal("going on", Text((await MessagesAsync(session.Id))[^1]));
        await AssertAnswersAsync(session, (one, "first"));
    }

    private async Task<(Session Session, PromptAccepted One)> WorkAsync()
    {
        var session = await CreateAsync();
        var one = await PromptAsync(session.Id, "one");
        Model.Answer.Bash("call_1", "make").EndWithCalls();
        await RunDryAsync();
        return (session, one);
    }

    private async Task AssertAnswersAsync(Session session, params (PromptAccepted Prompt, string Answer)[] expected)
    {
        Assert.Equal(SessionStatus.Idle, await StatusAsync(session.Id));
        foreach (var (prompt, answer) in expected)
            Assert.Equal(answer, Text((await EndOfAsync(session.Id, prompt)).Message));
    }
}
