using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Agents;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Tests.Sessions.Turns;

/// <summary>A session that its user has summed up.</summary>
public sealed class CompactingTests : CompactingKit
{
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

    private async Task SumUpAsync(SessionId id, string summary)
    {
        await SummarizeAsync(id);
        await SayAsync(summary);
    }
}
