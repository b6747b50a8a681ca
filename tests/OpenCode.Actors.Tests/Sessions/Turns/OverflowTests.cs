using System.Text.Json;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Agents;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Tests.Sessions.Turns;

/// <summary>A prompt that its model refuses as too long is asked again behind the summary, before all that waits, and gets its answer.</summary>
public sealed class OverflowTests : CompactingKit
{
    [Fact]
    public async Task What_came_before_the_overflow_and_during_the_summary_waits_for_the_prompt_that_is_asked_again()
    {
        var session = await CreateAsync();
        await AnswerAsync(session.Id, "one", "first");
        var two = await PromptAsync(session.Id, "two");
        var three = await PromptAsync(session.Id, "three");
        await OverflowAsync();
        Assert.DoesNotContain("two", Told(), StringComparison.Ordinal);
        Assert.DoesNotContain("three", Told(), StringComparison.Ordinal);
        var four = await PromptAsync(session.Id, "four");
        await AskAsync<PromptAccepted>(session.Id, Prompt("note", noReply: true));

        await SayAsync("sum");
        Assert.Equal([SummaryAsked, "sum", "two", "note"], Conversation());
        var five = await PromptAsync(session.Id, "five");
        await SayAsync("second");
        Assert.Equal([SummaryAsked, "sum", "two", "second", "three", "four", "note", "five"], Conversation());
        await SayAsync("the rest");

        Assert.Equal(SessionStatus.Idle, await StatusAsync(session.Id));
        Assert.Equal("second", Text((await EndOfAsync(session.Id, two)).Message));
        foreach (var waited in new[] { three, four, five })
            Assert.Equal("the rest", Text((await EndOfAsync(session.Id, waited)).Message));
        await PromptAsync(session.Id, "six");
        Assert.Equal([SummaryAsked, "sum", "two", "second", "three", "four", "note", "five", "the rest", "six"], Conversation());
    }

    [Fact]
    public async Task A_later_step_that_overflows_goes_on_before_what_waits()
    {
        var session = await CreateAsync();
        await AnswerAsync(session.Id, "one", "first");
        var two = await PromptAsync(session.Id, "two");
        Model.Answer.Bash("call_1", "make").EndWithCalls();
        await RunDryAsync();
        Tools.Tool.End("made");
        await RunDryAsync();
        await OverflowAsync();
        var three = await PromptAsync(session.Id, "three");

        await SayAsync("sum");
        Assert.Equal([SummaryAsked, "sum"], Conversation().Take(2));
        Assert.DoesNotContain("three", Conversation());
        await SayAsync("second");
        await SayAsync("third");

        Assert.Equal("second", Text((await EndOfAsync(session.Id, two)).Message));
        Assert.Equal("third", Text((await EndOfAsync(session.Id, three)).Message));
    }

    [Fact]
    public async Task Prompts_of_the_step_that_overflowed_share_the_answer()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id, "one");
        var two = await PromptAsync(session.Id, "two");
        var three = await PromptAsync(session.Id, "three");
        await SayAsync("first");
        await OverflowAsync();
        var four = await PromptAsync(session.Id, "four");

        await SayAsync("sum");
        await SayAsync("both");
        await SayAsync("fourth");

        Assert.Equal("both", Text((await EndOfAsync(session.Id, two)).Message));
        Assert.Equal("both", Text((await EndOfAsync(session.Id, three)).Message));
        Assert.Equal("fourth", Text((await EndOfAsync(session.Id, four)).Message));
    }

    [Fact]
    public async Task A_prompt_without_text_is_asked_again_too()
    {
        var session = await CreateAsync();
        await AnswerAsync(session.Id, "one", "first");
        var two = await AskAsync<PromptAccepted>(session.Id, new TakePrompt(new Prompt([new FilePromptPart("text/plain", "data:text/plain,hi")])));
        await OverflowAsync();
        var three = await PromptAsync(session.Id, "three");

        await SayAsync("sum");
        await SayAsync("second");
        await SayAsync("third");

        Assert.Equal("second", Text((await EndOfAsync(session.Id, two)).Message));
        Assert.Equal("third", Text((await EndOfAsync(session.Id, three)).Message));
    }

    [Fact]
    public async Task A_prompt_keeps_its_format_and_its_answer_when_another_comes_during_the_summary()
    {
        var session = await CreateAsync();
        await AnswerAsync(session.Id, "one", "first");
        var two = await AskAsync<PromptAccepted>(session.Id, new TakePrompt(new Prompt([new TextPromptPart("two")]) { Format = new OutputFormat("json_schema") { Schema = JsonElement.Parse("{\"type\":\"object\"}") } }));
        await OverflowAsync();
        await PromptAsync(session.Id, "three");

        await SayAsync("sum");
        Assert.True(Model.Requests[^1].Options.MustCallTool);
        Model.Answer.Call("call_1", "StructuredOutput", """{"a":1}""").EndWithCalls();
        await RunDryAsync();
        await SayAsync("third");

        Assert.Equal("""{"a":1}""", Assistant((await EndOfAsync(session.Id, two)).Message).Structured?.GetRawText());
    }

    [Theory]
    [InlineData("fails")]
    [InlineData("empty")]
    [InlineData("abort")]
    [InlineData("kill")]
    public async Task Each_prompt_gets_an_error_of_its_own_when_there_is_no_summary(string how)
    {
        var session = await CreateAsync();
        await AnswerAsync(session.Id, "one", "first");
        var two = await PromptAsync(session.Id, "two");
        var three = await PromptAsync(session.Id, "three");
        await OverflowAsync();
        var four = await PromptAsync(session.Id, "four");

        var error = await CutAsync(how, session);

        Assert.Equal(SessionStatus.Idle, await StatusAsync(session.Id));
        foreach (var prompt in new[] { two, three, four })
        {
            var answer = Assistant((await EndOfAsync(session.Id, prompt)).Message);
            Assert.Equal((prompt.Turn.Value, error), (answer.ParentId.Value, answer.Error?.Name));
        }

        await PromptAsync(session.Id, "five");
        Assert.Equal(["one", "first", "two", "three", "four", "five"], Conversation());
    }

    [Fact]
    public async Task A_prompt_whose_tools_have_run_gets_the_error_of_the_summary_on_its_way()
    {
        Model.Limit = new ModelLimit(10_000, 1_000);
        var session = await CreateAsync();
        var one = await PromptAsync(session.Id, "one");
        Model.Answer.Bash("call_1", "make").End(FinishReason.ToolCalls, input: 9_500);
        await RunDryAsync();
        Tools.Tool.End("made");
        await RunDryAsync();

        Assert.Equal("MessageAbortedError", await CutAsync("abort", session));

        Assert.Equal("MessageAbortedError", Assistant((await EndOfAsync(session.Id, one)).Message).Error?.Name);
    }

    [Fact]
    public async Task An_answer_that_is_whole_stays_the_answer_when_the_summary_behind_it_is_aborted()
    {
        Model.Limit = new ModelLimit(10_000, 1_000);
        var session = await CreateAsync();
        var one = await PromptAsync(session.Id, "one");
        Model.Answer.Say("first").End(input: 9_500);
        await RunDryAsync();

        await CutAsync("abort", session);

        Assert.Equal("first", Text((await EndOfAsync(session.Id, one)).Message));
    }

    [Fact]
    public async Task An_abort_of_the_prompt_that_is_asked_again_answers_all()
    {
        var session = await CreateAsync();
        await AnswerAsync(session.Id, "one", "first");
        var two = await PromptAsync(session.Id, "two");
        await OverflowAsync();
        var three = await PromptAsync(session.Id, "three");
        await SayAsync("sum");

        await CutAsync("abort", session);

        Assert.Equal("MessageAbortedError", Assistant((await EndOfAsync(session.Id, two)).Message).Error?.Name);
        Assert.Equal("MessageAbortedError", Assistant((await EndOfAsync(session.Id, three)).Message).Error?.Name);
    }

    [Fact]
    public async Task A_note_beside_a_summary_does_not_hide_the_answer()
    {
        Model.Limit = new ModelLimit(10_000, 1_000);
        var session = await CreateAsync();
        var one = await PromptAsync(session.Id, "one");
        await AskAsync<PromptAccepted>(session.Id, Prompt("note", noReply: true));
        Model.Answer.Bash("call_1", "make").End(FinishReason.ToolCalls, input: 9_500);
        await RunDryAsync();
        Tools.Tool.End("made");
        await RunDryAsync();
        await AskAsync<PromptAccepted>(session.Id, Prompt("another note", noReply: true));
        await SayAsync("sum");
        await SayAsync("done");

        Assert.Equal("done", Text((await EndOfAsync(session.Id, one)).Message));
    }

    private async Task OverflowAsync()
    {
        Model.Answer.Fail(new ModelException("too long", retryable: false, 400) { IsContextOverflow = true });
        await RunDryAsync();
    }

    // Gives the name of the error that follows.
    private async Task<string> CutAsync(string how, Session session)
    {
        switch (how)
        {
            case "fails":
                Model.Answer.Fail(new ModelException("broken", retryable: false, 400));
                await RunDryAsync();
                return "APIError";
            case "empty":
                Model.Answer.End();
                await RunDryAsync();
                return "UnknownError";
            case "abort":
                await AskAsync<Aborted>(session.Id, new Abort());
                return "MessageAbortedError";
            default:
                await KillAndStartAsync();
                return "MessageAbortedError";
        }
    }
}
