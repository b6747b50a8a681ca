using Akka.Actor;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Runs;

namespace OpenCode.Actors.Tests.Sessions.Faults;

/// <summary>A run or a tool that fails ends with its turn or its part; what comes of it later changes nothing.</summary>
public sealed class RunFailureTests : SessionsKit
{
    [Fact]
    public async Task A_run_that_crashes_closes_its_turn_with_the_reason_and_the_session_goes_on()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        Tools.Fault = new InvalidOperationException("no tool today"); // The run makes its tools.

        Model.Answer.Bash("c1", "x").EndWithCalls();
        await RunDryAsync();
        Tools.Fault = null;

        var answer = (await MessagesAsync(session.Id))[1];
        Assert.Equal("no tool today", Assistant(answer).Error!.Data.Message);
        Assert.IsType<ToolError>(Tool(answer).State);
        Assert.IsType<IdleStatus>(await StatusAsync(session.Id));
        Assert.Equal(0, Meters.Count("opencode.actors.restarts session"));
        await PromptAsync(session.Id, "next");
    }

    [Fact]
    public async Task A_run_that_crashes_ends_the_tools_that_run_beside()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        Model.Answer.Bash("c1", "sleep 1000");
        await RunDryAsync();

        Model.Answer.Fail(new InvalidOperationException("a bug"));
        await RunDryAsync();

        Assert.True(Tools.Tool.IsStopped);
        Assert.IsType<ToolError>(Tool((await MessagesAsync(session.Id))[1]).State);
        Assert.IsType<IdleStatus>(await StatusAsync(session.Id));
    }

    [Fact]
    public async Task A_model_that_throws_before_its_first_chunk_fails_like_any_other()
    {
        var session = await CreateAsync();
        Model.StreamFault = new ModelException("refused", retryable: true, retryAfter: TimeSpan.FromSeconds(1));
        await PromptAsync(session.Id);
        Assert.IsType<RetryStatus>(await StatusAsync(session.Id));

        Model.StreamFault = null;
        Time.Advance(TimeSpan.FromSeconds(1));
        Model.Answer.Say("fine").End();
        await RunDryAsync();

        Assert.Equal("fine", Text((await MessagesAsync(session.Id))[1]));
    }

    [Fact]
    public async Task A_tool_that_crashes_is_an_error_of_its_part_and_the_turn_goes_on()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        Model.Answer.Bash("c1", "x").EndWithCalls();
        await RunDryAsync();

        ExpectLog<InvalidOperationException>(Tools.Tool.Crash);
        Model.Answer.Say("Pity.").End();
        await RunDryAsync();

        Assert.IsType<ToolError>(Tool((await MessagesAsync(session.Id))[1]).State);
        Assert.Equal("Pity.", Text((await MessagesAsync(session.Id))[2]));
    }

    [Fact]
    public async Task The_turn_is_closed_only_when_its_tools_have_gone()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        Model.Answer.Bash("c1", "sleep 1000").EndWithCalls();
        await RunDryAsync();
        Tools.Tool.IsStubborn = true;

        var abort = Begin(session.Id, new Abort());
        await RunDryAsync();
        Assert.True(Tools.Tool.WasToldToStop);
        Assert.False(abort.IsCompleted);
        Tools.Tool.GiveIn();
        await RunDryAsync();

        Assert.IsType<Aborted>(await abort);
    }

    [Fact]
    public async Task A_tool_that_does_not_stop_is_stopped_hard_in_less_than_a_stopping_server_waits()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        Model.Answer.Bash("c1", "sleep 1000").EndWithCalls();
        await RunDryAsync();
        Tools.Tool.IsStubborn = true;

        var abort = Begin(session.Id, new Abort());
        Time.Advance(TimeSpan.FromSeconds(2));

        Assert.IsType<Aborted>(await abort);
        Assert.True(Tools.Tool.IsStopped);
    }

    [Fact]
    public async Task A_late_report_of_an_earlier_run_is_dropped()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        var probe = CreateProbe();
        probe.Send(Region, new OpenCode.Actors.Sessions.Region.Deliver(session.Id, new GetMessages()));
        probe.Expect<MessagePage>();
        var before = Journal.Head;

        probe.LastSender.Tell(new RunActor.Report(new RunId(7), [new TextStreamed(IsReasoning: false, "from the past")]));
        await RunDryAsync();

        Assert.Equal(before, Journal.Head);
    }

    [Fact]
    public async Task What_a_tool_of_an_aborted_turn_still_says_is_dropped()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        Model.Answer.Bash("c1", "x").EndWithCalls();
        await RunDryAsync();
        var tool = Tools.Tool;
        await AskAsync<Aborted>(session.Id, new Abort());
        await PromptAsync(session.Id, "next");
        var before = Journal.Head;

        tool.Output("late");
        tool.End("late");
        await RunDryAsync();

        Assert.Equal(before, Journal.Head);
    }

    [Fact]
    public async Task What_a_model_says_in_a_call_that_was_given_up_is_dropped()
    {
        Options.ModelSilenceMs = 1_000;
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        Time.Advance(TimeSpan.FromSeconds(1));
        var before = Journal.Head;

        Model.Answers[0].Say("too late").End();
        await RunDryAsync();
        Assert.Equal(before, Journal.Head);
        Time.Advance(TimeSpan.FromSeconds(2));
        Model.Answers[1].Say("in time").End();
        await RunDryAsync();

        Assert.Equal("in time", Text((await MessagesAsync(session.Id))[1]));
    }

    [Fact]
    public async Task A_journal_that_is_slow_is_not_taken_for_a_silent_model()
    {
        Options.ModelSilenceMs = 1_000;
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        Faulty.Hold();
        Model.Answer.Say("a").Say(new string('b', 64 * 1024)).Say("c");
        await RunDryAsync();

        Time.Advance(TimeSpan.FromSeconds(10));
        Faulty.Release();
        Model.Answer.End();
        await RunDryAsync();

        Assert.Single(Model.Requests);
        Assert.Equal(64 * 1024 + 2, Text((await MessagesAsync(session.Id))[1]).Length);
    }
}
