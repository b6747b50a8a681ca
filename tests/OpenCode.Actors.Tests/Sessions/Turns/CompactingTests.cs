using System.Text.Json;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Agents;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Tests.Sessions.Turns;

/// <summary>A session that is summed up, by its user or since its context is full, and what its model gets from then on.</summary>
public sealed class CompactingTests : SessionsKit
{
    private const string SummaryAsked = "Sum up what was said and done in this session so far.";

    [Fact]
    public async Task Summed_up_by_hand_a_conversation_goes_on_from_its_summary()
    {
        var session = await CreateAsync();
        await AnswerAsync(session.Id, "one", "first");
        await AnswerAsync(session.Id, "two", "second");
        var before = Journal.Head;

        var accepted = await SummarizeAsync(session.Id);
        Assert.Empty(Model.Requests[^1].Tools);
        Assert.Contains("User: one\n\nAgent: first\n\nUser: two\n\nAgent: second", Told(), StringComparison.Ordinal);
        Model.Answer.Say("all of it").End();

        Assert.Equal(
            [
                "user", "compaction", "status busy", "assistant", "step-start", "text ''", "delta 'all of it'", "text 'all of it' end", "step-finish",
                "assistant finish=stop", "assistant finish=stop completed", "session.updated", "session.compacted", "status idle", "idle",
            ],
            await StoryAsync(before));
        var summary = Assistant((await EndOfAsync(session.Id, accepted)).Message);
        Assert.Equal((true, "compaction", "compaction"), (summary.Summary, summary.Mode, summary.Agent));

        await PromptAsync(session.Id, "three");
        Assert.Equal([SummaryAsked, "all of it", "three"], Conversation());
    }

    [Fact]
    public async Task The_next_summary_carries_the_last_one_over()
    {
        var session = await CreateAsync();
        await AnswerAsync(session.Id, "one", "first");
        await SumUpAsync(session.Id, "summary one");
        await AnswerAsync(session.Id, "two", "second");

        await SummarizeAsync(session.Id);

        Assert.Contains("Agent: summary one\n\nUser: two\n\nAgent: second", Told(), StringComparison.Ordinal);
        Assert.DoesNotContain("first", Told(), StringComparison.Ordinal);
        Model.Answer.Say("summary two").End();
        await PromptAsync(session.Id, "three");
        Assert.Equal([SummaryAsked, "summary two", "three"], Conversation());
    }

    [Fact]
    public async Task Prompts_around_a_summary_are_neither_lost_nor_told_twice()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id, "one");
        await PromptAsync(session.Id, "two"); // waits for the next step, and is answered before the summary
        await SummarizeAsync(session.Id);
        await AskAsync<PromptAccepted>(session.Id, Prompt("note", noReply: true));
        await PromptAsync(session.Id, "three"); // answered behind the summary

        await SayAsync("first");
        Assert.Equal(["one", "first", "two", "note"], Conversation());
        await SayAsync("second");
        Assert.Contains("User: one\n\nAgent: first\n\nUser: two\n\nAgent: second\n", Told(), StringComparison.Ordinal);
        Assert.DoesNotContain("three", Told(), StringComparison.Ordinal);
        await SayAsync("sum");

        Assert.Equal([SummaryAsked, "sum", "note", "three"], Conversation());
        await SayAsync("third");
        Assert.Equal(SessionStatus.Idle, await StatusAsync(session.Id));
        Assert.Equal(4, Model.Requests.Count);
    }

    [Fact]
    public async Task A_summary_that_a_restart_cut_leaves_the_conversation_whole()
    {
        var session = await CreateAsync();
        await AnswerAsync(session.Id, "one", "first");
        await SummarizeAsync(session.Id);
        Model.Answer.Say("half a sum");
        await RunDryAsync();

        await KillAndStartAsync();

        var messages = await MessagesAsync(session.Id);
        Assert.Equal("MessageAbortedError", Assistant(messages[^1]).Error!.Name);
        await PromptAsync(session.Id, "two");
        Assert.Equal(["one", "first", "two"], Conversation());
    }

    [Fact]
    public async Task A_summary_holds_over_a_restart()
    {
        var session = await CreateAsync();
        await AnswerAsync(session.Id, "one", "first");
        await SumUpAsync(session.Id, "sum");

        await KillAndStartAsync();
        await PromptAsync(session.Id, "two");

        Assert.Equal([SummaryAsked, "sum", "two"], Conversation());
    }

    [Fact]
    public async Task An_aborted_and_an_empty_summary_leave_the_conversation_whole()
    {
        var session = await CreateAsync();
        await AnswerAsync(session.Id, "one", "first");
        await SummarizeAsync(session.Id);
        Model.Answer.Say("half");
        await RunDryAsync();
        await AskAsync<Aborted>(session.Id, new Abort());
        await SummarizeAsync(session.Id);
        Model.Answer.End();
        await RunDryAsync();

        Assert.Contains("wrote no summary", Assistant((await MessagesAsync(session.Id))[^1]).Error!.Data.Message, StringComparison.Ordinal);
        await PromptAsync(session.Id, "two");
        Assert.Equal(["one", "first", "two"], Conversation());
    }

    [Fact]
    public async Task No_tool_runs_while_a_session_is_summed_up()
    {
        var session = await CreateAsync();
        await AnswerAsync(session.Id, "one", "first");
        await SummarizeAsync(session.Id);

        Model.Answer.Say("sum").Bash("call_1", "rm -rf /").EndWithCalls();
        await RunDryAsync();

        Assert.Empty(Tools.Started);
        Assert.Contains("No tool can be called", Assert.IsType<ToolError>(Tool((await MessagesAsync(session.Id))[^1]).State).Error, StringComparison.Ordinal);
        Assert.Equal(SessionStatus.Idle, await StatusAsync(session.Id));
    }

    [Fact]
    public async Task An_unknown_model_is_refused_and_nothing_is_stored()
    {
        var session = await CreateAsync();

        var refusal = await AskAsync<PromptRejected>(session.Id, new Summarize(new SummarizeSession("nope", "x")));

        Assert.Contains("nope/x", refusal.Reason, StringComparison.Ordinal);
        Assert.Empty(await MessagesAsync(session.Id));
    }

    [Fact]
    public async Task A_full_context_is_summed_up_between_two_steps_and_the_turn_goes_on()
    {
        Model.Limit = new ModelLimit(10_000, 1_000);
        var session = await CreateAsync();
        var accepted = await PromptAsync(session.Id, "one");
        Model.Answer.Bash("call_1", "make").End(FinishReason.ToolCalls, input: 9_500);
        await RunDryAsync();
        var before = Journal.Head;
        Tools.Tool.End("made");
        await RunDryAsync();

        Assert.Contains("Tool bash {\"command\":\"make\"}", Told(), StringComparison.Ordinal);
        await SayAsync("sum");

        var messages = await MessagesAsync(session.Id);
        var request = Assert.IsType<CompactionPart>(messages[2].Parts[0]);
        Assert.Equal((true, false), (request.Auto, request.Overflow));
        var going = Assert.IsType<TextPart>(messages[4].Parts[0]);
        Assert.True(going.Synthetic);
        Assert.Equal([SummaryAsked, "sum", going.Text], Conversation());
        var story = await StoryAsync(before);
        Assert.True(story.IndexOf("session.compacted") < story.LastIndexOf("assistant"));

        await SayAsync("done");
        Assert.Equal("done", Text((await EndOfAsync(session.Id, accepted)).Message));
    }

    [Fact]
    public async Task A_prompt_that_waits_while_a_full_context_is_summed_up_is_answered_behind_it()
    {
        Model.Limit = new ModelLimit(10_000, 1_000);
        var session = await CreateAsync();
        await PromptAsync(session.Id, "one");
        await PromptAsync(session.Id, "two");
        Model.Answer.Say("first").End(input: 9_500);
        await RunDryAsync();

        Assert.DoesNotContain("two", Told(), StringComparison.Ordinal);
        await SayAsync("sum");

        Assert.Equal([SummaryAsked, "sum", "two"], Conversation());
        await SayAsync("second");
        Assert.Equal(SessionStatus.Idle, await StatusAsync(session.Id));
        await PromptAsync(session.Id, "three");
        Assert.Equal([SummaryAsked, "sum", "two", "second", "three"], Conversation());
    }

    [Fact]
    public async Task A_context_that_is_still_full_behind_its_summary_is_not_summed_up_again()
    {
        Model.Limit = new ModelLimit(10_000, 1_000);
        var session = await CreateAsync();
        await PromptAsync(session.Id, "one");
        Model.Answer.Say("first").End(input: 9_500);
        await SayAsync("sum");

        Model.Answer.Say("nothing left").End(input: 9_500);
        await RunDryAsync();

        Assert.Equal(3, Model.Requests.Count);
        Assert.Equal(SessionStatus.Idle, await StatusAsync(session.Id));
    }

    [Fact]
    public async Task Switched_off_nothing_is_summed_up_by_itself()
    {
        Config.Change = agents => agents with { Compaction = new CompactionRules { Auto = false } };
        Model.Limit = new ModelLimit(10_000, 1_000);
        var session = await CreateAsync();
        await PromptAsync(session.Id, "one");
        Model.Answer.Say("first").End(input: 9_500);
        await RunDryAsync();
        await PromptAsync(session.Id, "two");
        Model.Answer.Fail(TooLong());
        await RunDryAsync();

        Assert.Equal(2, Model.Requests.Count);
        Assert.Equal("ContextOverflowError", Assistant((await MessagesAsync(session.Id))[^1]).Error!.Name);
    }

    [Fact]
    public async Task A_conversation_that_a_model_refuses_as_too_long_is_summed_up_and_its_prompt_asked_again()
    {
        var session = await CreateAsync();
        await AnswerAsync(session.Id, "one", "first");
        var accepted = await PromptAsync(session.Id, "two");
        Model.Answer.Fail(TooLong());
        await RunDryAsync();

        Assert.Contains("User: one\n\nAgent: first\n", Told(), StringComparison.Ordinal);
        Assert.DoesNotContain("two", Told(), StringComparison.Ordinal);
        await SayAsync("sum");

        Assert.Equal([SummaryAsked, "sum", "two"], Conversation());
        await SayAsync("second");
        Assert.Equal("second", Text((await EndOfAsync(session.Id, accepted)).Message));
        Assert.Null(Assistant((await MessagesAsync(session.Id))[3]).Error);
    }

    [Fact]
    public async Task What_is_too_long_right_behind_a_summary_ends_the_turn()
    {
        var session = await CreateAsync();
        await AnswerAsync(session.Id, "one", "first");
        await PromptAsync(session.Id, "two");
        Model.Answer.Fail(TooLong());
        await RunDryAsync();
        await SayAsync("sum");

        Model.Answer.Fail(TooLong());
        await RunDryAsync();

        Assert.Equal("ContextOverflowError", Assistant((await MessagesAsync(session.Id))[^1]).Error!.Name);
        Assert.Equal(SessionStatus.Idle, await StatusAsync(session.Id));
    }

    [Fact]
    public async Task The_newest_turns_stay_beside_a_summary_where_the_configuration_wants_it()
    {
        Config.Change = agents => agents with { Compaction = new CompactionRules { TailTurns = 1 } };
        var session = await CreateAsync();
        await AnswerAsync(session.Id, "one", "first");
        await AnswerAsync(session.Id, "two", "second");

        await SummarizeAsync(session.Id);
        Assert.DoesNotContain("two", Told(), StringComparison.Ordinal);
        await SayAsync("sum");
        await PromptAsync(session.Id, "three");

        Assert.Equal([SummaryAsked, "sum", "two", "second", "three"], Conversation());
    }

    [Fact]
    public async Task Outputs_of_old_calls_are_left_out_where_the_configuration_wants_it()
    {
        Config.Change = agents => agents with { Compaction = new CompactionRules { Prune = true } };
        var session = await CreateAsync();
        await PromptAsync(session.Id, "one");
        for (var call = 1; call <= 5; call++)
        {
            Model.Answer.Bash($"call_{call}", "cat big").EndWithCalls();
            await RunDryAsync();
            Tools.Tool.End(new string('x', 50_000));
            await RunDryAsync();
        }

        await SayAsync("read");
        await AnswerAsync(session.Id, "two", "second");
        Assert.Equal(0, await PrunedAsync(session.Id));
        await AnswerAsync(session.Id, "three", "third");
        Assert.Equal(2, await PrunedAsync(session.Id));
        await PromptAsync(session.Id, "four");

        var results = Model.Requests[^1].Messages.OfType<ToolResult>().ToList();
        Assert.Equal([true, true, false, false, false], results.ConvertAll(result => result.Output.Contains("no longer kept here", StringComparison.Ordinal)));
    }

    private static ModelException TooLong() => new("too long", retryable: false, 400) { IsContextOverflow = true };

    private async Task<int> PrunedAsync(SessionId id) =>
        (await MessagesAsync(id)).SelectMany(message => message.Parts).Count(part => part is ToolPart { State: ToolCompleted { Time.Compacted: not null } });

    private Task<PromptAccepted> SummarizeAsync(SessionId id) => AskAsync<PromptAccepted>(id, new Summarize(new SummarizeSession("mock", "mock-1")));

    private async Task SumUpAsync(SessionId id, string summary)
    {
        await SummarizeAsync(id);
        await SayAsync(summary);
    }

    private async Task AnswerAsync(SessionId id, string prompt, string answer)
    {
        await PromptAsync(id, prompt);
        await SayAsync(answer);
    }

    private async Task SayAsync(string text)
    {
        Model.Answer.Say(text).End();
        await RunDryAsync();
    }

    // What the model of a summary is given.
    private string Told() => Assert.IsType<UserTurn>(Assert.Single(Model.Requests[^1].Messages)).Text;

    private IEnumerable<string> Conversation() => Model.Requests[^1].Messages.Select(message => message is UserTurn user ? user.Text : ((AssistantTurn)message).Text);
}
