using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Agents;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Tests.Sessions.Turns;

/// <summary>A session that is summed up since its context is full, and what else keeps a context small.</summary>
public sealed class FullContextTests : CompactingKit
{
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
        await RunDryAsync();
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
}
