using System.Text.Json;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Agents;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Tests.Sessions.Turns;

/// <summary>A summary on the way to an answer, and what else a turn may have: a refusal of the user's, a limit of steps, a system prompt, structured output.</summary>
public sealed class SummaryMeetingsTests : CompactingKit
{
    private static readonly OutputFormat _format = new("json_schema") { Schema = JsonElement.Parse("""{"type":"object"}""") };

    [Fact]
    public async Task What_the_user_refused_is_not_gone_on_with_behind_a_summary_that_waited()
    {
        var session = await CreateAsync(permission: [new PermissionRule("bash", "*", PermissionAction.Ask)]);
        await PromptAsync(session.Id, "one");
        Model.Answer.Bash("call_1", "rm x").EndWithCalls();
        await RunDryAsync();
        await SummarizeAsync(session.Id);

        await ReplyAsync(Assert.Single(await PermissionsAsync()).Id, PermissionAnswer.Reject);
        await RunDryAsync();
        await SayAsync("sum");

        Assert.Equal(SessionStatus.Idle, await StatusAsync(session.Id));
        Assert.Equal(2, Model.Requests.Count);
    }

    [Fact]
    public async Task Two_summaries_that_wait_in_a_row_do_not_keep_the_turn_from_going_on()
    {
        var session = await CreateAsync();
        var one = await PromptAsync(session.Id, "one");
        Model.Answer.Bash("call_1", "make").EndWithCalls();
        await RunDryAsync();
        await SummarizeAsync(session.Id);
        await SummarizeAsync(session.Id);
        Tools.Tool.End("made");
        await RunDryAsync();

        await SayAsync("sum");
        await SayAsync("sum of the sum");

        Assert.Equal(4, Model.Requests.Count);
        await SayAsync("done");
        Assert.Equal(SessionStatus.Idle, await StatusAsync(session.Id));
        Assert.Equal("done", Text((await EndOfAsync(session.Id, one)).Message));
    }

    [Fact]
    public async Task A_try_that_was_too_long_is_no_step()
    {
        Config.Change = static agents => agents with { All = [.. agents.All.Select(static agent => agent.Name == "build" ? agent with { Steps = 2 } : agent)] };
        var session = await CreateAsync();
        await AnswerAsync(session.Id, "one", "first");
        await PromptAsync(session.Id, "two");
        Model.Answer.Fail(new ModelException("too long", retryable: false, 400) { IsContextOverflow = true });
        await RunDryAsync();
        await SayAsync("sum");

        Assert.True(Model.Requests[^1].Options.MayCallTools);
        Model.Answer.Bash("call_1", "make").EndWithCalls();
        await RunDryAsync();
        Tools.Tool.End("made");
        await RunDryAsync();
        Assert.False(Model.Requests[^1].Options.MayCallTools);
    }

    [Fact]
    public async Task The_system_prompt_of_a_prompt_holds_behind_a_summary()
    {
        Model.Limit = new ModelLimit(10_000, 1_000);
        var session = await CreateAsync();
        await AskAsync<PromptAccepted>(session.Id, new TakePrompt(new Prompt([new TextPromptPart("one")]) { System = "In French." }));
        Model.Answer.Bash("call_1", "make").End(FinishReason.ToolCalls, input: 9_500);
        await RunDryAsync();
        Tools.Tool.End("made");
        await RunDryAsync();
        await SayAsync("sum");

        Assert.Contains("In French.", Model.Requests[^1].System, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_prompt_whose_object_another_one_came_before_gets_an_error(bool isSummedUp)
    {
        Model.Limit = new ModelLimit(10_000, 1_000);
        var session = await CreateAsync();
        var one = await AskAsync<PromptAccepted>(session.Id, new TakePrompt(new Prompt([new TextPromptPart("one")]) { Format = _format }));
        Model.Answer.Bash("call_1", "make").End(FinishReason.ToolCalls, input: isSummedUp ? 9_500 : 10);
        await RunDryAsync();
        await PromptAsync(session.Id, "two");
        Tools.Tool.End("made");
        await RunDryAsync();
        if (isSummedUp)
            await SayAsync("sum");
        await SayAsync("second");

        Assert.Equal(SessionStatus.Idle, await StatusAsync(session.Id));
        Assert.Equal("StructuredOutputError", Assistant((await EndOfAsync(session.Id, one)).Message).Error?.Name);
    }

    [Fact]
    public async Task What_stays_beside_a_summary_stays_when_its_first_message_is_removed()
    {
        Config.Change = static agents => agents with { Compaction = new CompactionRules { TailTurns = 1 } };
        var session = await CreateAsync();
        await AnswerAsync(session.Id, "one", "first");
        await AnswerAsync(session.Id, "two", "second");
        await SummarizeAsync(session.Id);
        await SayAsync("sum");

        await AskAsync<HistoryEdited>(session.Id, new DeleteMessage((await MessagesAsync(session.Id))[2].Info.Id));
        await PromptAsync(session.Id, "three");

        Assert.Equal([SummaryAsked, "sum", "second", "three"], Conversation());
    }

    [Fact]
    public async Task A_request_for_a_summary_that_waits_or_is_answered_keeps_its_part()
    {
        var session = await CreateAsync();
        await AnswerAsync(session.Id, "one", "first");
        await SummarizeAsync(session.Id);
        var asked = (await MessagesAsync(session.Id))[^2];
        var part = Assert.IsType<CompactionPart>(Assert.Single(asked.Parts));

        await AskAsync<SessionBusy>(session.Id, new DeletePart(asked.Info.Id, part.Id));
        await SayAsync("sum");

        await AskAsync<HistoryEdited>(session.Id, new DeletePart(asked.Info.Id, part.Id));
    }
}
