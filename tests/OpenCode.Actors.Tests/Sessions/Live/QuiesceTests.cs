using Akka.Actor;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Reads;
using OpenCode.Actors.Sessions.Region;

namespace OpenCode.Actors.Tests.Sessions.Live;

/// <summary>An orderly stop leaves no open turn to the next start, except turns that only wait for their user (rule "Waiting turns stay open").</summary>
public sealed class QuiesceTests : SessionsKit
{
    private static readonly PermissionRule[] _askForBash = [new("bash", "*", PermissionAction.Ask)];

    [Fact]
    public async Task An_open_turn_is_closed_as_an_abort_does_and_who_waits_for_it_is_told()
    {
        var session = await CreateAsync();
        var accepted = await PromptAsync(session.Id);
        var wait = AwaitTurn(session.Id, accepted);
        Model.Answer.Say("word0 word1 ");
        await RunDryAsync();
        var before = Journal.Head;

        await QuiesceAsync();

        Assert.Equal(
            ["text 'word0 word1 ' end", "assistant error=MessageAbortedError completed", "error MessageAbortedError", "status idle", "idle"], await StoryAsync(before));
        Assert.Equal("MessageAbortedError", Assistant(Assert.IsType<TurnEnded>(await RunUntilAsync(wait)).Message).Error!.Name);
        Assert.True(Model.Answer.WasCancelled);
        var closed = Journal.Head;
        await KillAndStartAsync();
        Assert.Empty(await StoryAsync(closed)); // Nothing was left for the next start to close.
    }

    [Fact]
    public async Task A_command_that_runs_is_stopped_and_its_part_says_that_the_server_stopped()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        Model.Answer.Bash("c1", "sleep 20").EndWithCalls();
        await RunDryAsync();
        Tools.Tool.Begin();
        Tools.Tool.Output("begin\n");
        await RunDryAsync();

        await QuiesceAsync();

        Assert.True(Tools.Tool.IsStopped);
        Assert.Contains("server stopped", Assert.IsType<ToolError>(Tool((await MessagesAsync(session.Id))[1]).State).Error, StringComparison.Ordinal);
        await KillAndStartAsync();
        Assert.Empty(Tools.Killed);
    }

    [Fact]
    public async Task A_wait_for_a_retry_ends_as_aborted_without_a_request_to_abort()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        Model.Answer.Fail(new ModelException("mock rate limit", retryable: true));
        await RunDryAsync();
        var before = Journal.Head;

        await QuiesceAsync();

        Assert.Equal(["assistant error=MessageAbortedError completed", "error MessageAbortedError", "status idle", "idle"], await StoryAsync(before));
    }

    [Fact]
    public async Task A_turn_that_waits_for_its_user_is_left_as_it_is_and_goes_on_after_the_next_start()
    {
        var session = await CreateAsync(permission: _askForBash);
        var accepted = await PromptAsync(session.Id);
        var wait = AwaitTurn(session.Id, accepted);
        Model.Answer.Bash("c1", "echo permitted").EndWithCalls();
        await RunDryAsync();
        var before = Journal.Head;

        await QuiesceAsync();
        Assert.False(wait.IsCompleted);
        Setup.Availability.Leave("The server stops.");

        Assert.Empty(await StoryAsync(before));
        Assert.IsType<Unavailable>(await RunUntilAsync(wait)); // It would wait for longer than this server is there.
        Assert.IsType<Unavailable>(await ReplyAsync(Assert.Single(await PermissionsAsync()).Id, PermissionAnswer.Once));
        await KillAndStartAsync();
        Assert.IsType<RequestAnswered>(await ReplyAsync(Assert.Single(await PermissionsAsync()).Id, PermissionAnswer.Once));
        Tools.Tool.End("x");
        await RunDryAsync();
        Model.Answer.Say("done").End();
        await RunDryAsync();
        Assert.Equal("done", Text((await MessagesAsync(session.Id))[^1]));
    }

    [Fact]
    public async Task A_wait_that_a_slow_stop_cuts_off_is_promised_the_end_of_the_turn_and_not_that_it_goes_on()
    {
        var session = await CreateAsync();
        var accepted = await PromptAsync(session.Id);
        var wait = AwaitTurn(session.Id, accepted);
        Model.Answer.Say("and then");
        await RunDryAsync();

        Setup.Availability.Leave("The server stops."); // The turn was not closed in time.
        var refusal = Assert.IsType<Unavailable>(await RunUntilAsync(wait));
        await KillAndStartAsync();
        await RunDryAsync();
        var again = await AskAsync<PromptAccepted>(session.Id, Prompt("hello", accepted.Turn.Value));

        Assert.DoesNotContain("goes on later", refusal.Reason, StringComparison.Ordinal);
        Assert.Equal("MessageAbortedError", Assistant(Assert.IsType<TurnEnded>(await RunUntilAsync(AwaitTurn(session.Id, again))).Message).Error!.Name);
    }

    [Fact]
    public async Task A_model_that_still_talks_while_its_tool_waits_is_cut_and_the_tool_waits_on()
    {
        var session = await CreateAsync(permission: _askForBash);
        await PromptAsync(session.Id);
        Model.Answer.Bash("c1", "echo permitted").Say("and then");
        await RunDryAsync();
        var before = Journal.Head;

        await QuiesceAsync();
        Model.Answer.Bash("c2", "echo too late").EndWithCalls();
        await RunDryAsync();

        Assert.True(Model.Answer.WasCancelled);
        Assert.Equal(["text 'and then' end"], await StoryAsync(before));
        Assert.Single(await PermissionsAsync());
        Assert.IsType<BusyStatus>(await StatusAsync(session.Id));
    }

    [Fact]
    public async Task From_then_on_prompts_are_refused_also_in_sessions_that_were_not_in_memory()
    {
        var (idle, away) = (await CreateAsync(), await CreateAsync());
        Time.Advance(TimeSpan.FromMilliseconds(Options.PassivateAfterMs));
        await RunDryAsync();
        await MessagesAsync(idle.Id);
        await QuiesceAsync();

        Assert.IsType<Unavailable>(await AskAsync<object>(idle.Id, Prompt("late")));
        Assert.IsType<Unavailable>(await AskAsync<object>(away.Id, Prompt("late")));
        Assert.IsType<Unavailable>(await AskAsync<object>(away.Id, new RunShell(new OpenCode.Actors.Protocol.Requests.Shell("build", "ls"))));
        Assert.Empty(Model.Requests);
        Assert.Empty(await MessagesAsync(away.Id)); // Reading goes on.
    }

    [Fact]
    public async Task A_prompt_that_waits_for_the_end_of_an_abort_is_refused_too()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id, "one");
        var abort = Begin(session.Id, new Abort());
        var prompt = Begin(session.Id, Prompt("two"));

        await QuiesceAsync();

        Assert.IsType<Aborted>(await abort);
        Assert.IsType<Unavailable>(await prompt);
        Assert.IsType<IdleStatus>(await StatusAsync(session.Id));
    }

    [Fact]
    public async Task It_is_over_only_when_what_was_closed_is_written()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        Disk.HoldSyncs();

        var quiesced = Region.Ask<LocalSessionRegion.Quiesced>(new LocalSessionRegion.Quiesce());
        await RunDryAsync();
        Assert.False(quiesced.IsCompleted);
        Disk.ReleaseSyncs();
        await RunDryAsync();

        await quiesced;
        Assert.Equal("idle", (await StoryAsync())[^1]);
    }

    [Fact]
    public async Task A_full_disk_does_not_hold_it_up()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        Disk.Capacity = 0;

        await QuiesceAsync();
    }

    [Fact]
    public async Task A_session_that_was_never_there_answers_what_comes_for_it_and_is_not_started_again_and_again()
    {
        await QuiesceAsync();

        var id = Setup.Ids.NewSession();
        Simulation.MaxSteps = 10_000;
        Assert.IsType<SessionNotFound>(await AskAsync<object>(id, Prompt("too late")));
        Assert.Empty(((ActorRefWithCell)Region).Children);
    }

    private Task<LocalSessionRegion.Quiesced> QuiesceAsync() => AskAsync<LocalSessionRegion.Quiesced>(Region, new LocalSessionRegion.Quiesce());
}
