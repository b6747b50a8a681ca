using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Index;
using OpenCode.Actors.Sessions.Reads;

namespace OpenCode.Actors.Tests.Sessions.Live;

public sealed class AbortTests : SessionsKit
{
    [Fact]
    public async Task Abort_in_the_middle_of_the_text_closes_the_parts_then_tells_the_error_then_one_idle()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        Model.Answer.Say("word0 word1 ");
        await RunDryAsync();
        var before = Journal.Head;

        await AskAsync<Aborted>(session.Id, new Abort());

        Assert.Equal(
            ["text 'word0 word1 ' end", "assistant error=MessageAbortedError completed", "error MessageAbortedError", "status idle", "idle"], await StoryAsync(before));
        Assert.True(Model.Answer.WasCancelled);
        Assert.IsType<IdleStatus>(await StatusAsync(session.Id));
    }

    [Fact]
    public async Task Abort_before_the_first_chunk_closes_the_turn()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        var before = Journal.Head;

        await AskAsync<Aborted>(session.Id, new Abort());

        Assert.Equal(["assistant error=MessageAbortedError completed", "error MessageAbortedError", "status idle", "idle"], await StoryAsync(before));
        Assert.True(Model.Answer.WasCancelled);
    }

    [Fact]
    public async Task Abort_while_a_command_runs_stops_it_and_keeps_its_output()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        Model.Answer.Bash("c1", "echo begin; sleep 20").EndWithCalls();
        await RunDryAsync();
        Tools.Tool.Begin();
        Tools.Tool.Output("begin\n");
        await RunDryAsync();

        await AskAsync<Aborted>(session.Id, new Abort());

        Assert.True(Tools.Tool.IsStopped);
        var completed = Assert.IsType<ToolCompleted>(Tool((await MessagesAsync(session.Id))[1]).State);
        Assert.StartsWith("begin\n", completed.Output, StringComparison.Ordinal);
        await KillAndStartAsync();
        Assert.Empty(Tools.Killed); // The mark went with the turn.
    }

    [Fact]
    public async Task Abort_during_the_wait_for_a_retry_is_no_error()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        Model.Answer.Fail(new ModelException("mock rate limit", retryable: true));
        await RunDryAsync();
        var before = Journal.Head;

        await AskAsync<Aborted>(session.Id, new Abort());
        Time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(["assistant completed", "status idle", "idle"], await StoryAsync(before));
        Assert.Single(Model.Requests);
    }

    [Fact]
    public async Task Abort_of_an_idle_session_tells_idle_once_more()
    {
        var session = await CreateAsync();
        var before = Journal.Head;

        await AskAsync<Aborted>(session.Id, new Abort());

        Assert.Equal(["status idle", "idle"], await StoryAsync(before));
    }

    [Fact]
    public async Task Abort_of_an_unknown_session_is_refused_and_makes_none()
    {
        await AskAsync<SessionNotFound>(new SessionId("ses_none"), new Abort());

        Assert.Empty(await StoryAsync());
        Assert.Empty((await AskAsync<IndexQuery.Listed>(Index, new IndexQuery.List(new SessionQuery()))).Entries);
    }

    [Fact]
    public async Task Abort_while_the_prompt_is_still_being_written_stops_the_run_that_never_was_seen()
    {
        var session = await CreateAsync();
        Disk.HoldSyncs();

        await AbortBeforeTheSyncEndsAsync(session.Id, "hello");

        Assert.Empty(Model.Requests);
        Assert.Equal(["status idle", "idle"], (await StoryAsync())[^2..]);
        await PromptAsync(session.Id, "next");
        Assert.Single(Model.Requests);
    }

    [Fact]
    public async Task Abort_of_a_prompt_that_waits_for_the_end_of_the_turn_before_is_answered()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id, "one");
        Disk.HoldSyncs();
        Model.Answer.Say("x").End();
        await RunDryAsync();

        await AbortBeforeTheSyncEndsAsync(session.Id, "two");

        Assert.Single(Model.Requests);
    }

    [Fact]
    public async Task Requests_that_wait_for_an_aborted_turn_get_its_end()
    {
        var session = await CreateAsync();
        var accepted = await PromptAsync(session.Id);
        var wait = AwaitTurn(session.Id, accepted);
        await AskAsync<Aborted>(session.Id, new Abort());

        var ended = Assert.IsType<TurnEnded>(await RunUntilAsync(wait));

        Assert.Equal("MessageAbortedError", Assistant(ended.Message).Error!.Name);
    }

    [Fact]
    public async Task A_prompt_sent_during_an_abort_begins_a_turn_of_its_own_after_it()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id, "one");
        var abort = Begin(session.Id, new Abort());
        var prompt = Begin(session.Id, Prompt("two"));
        await RunDryAsync();

        Assert.IsType<Aborted>(await abort);
        Assert.IsType<PromptAccepted>(await prompt);
        Assert.Equal(2, Model.Requests.Count);
        Model.Answer.Say("second").End();
        await RunDryAsync();
        Assert.Equal("second", Text((await MessagesAsync(session.Id))[^1]));
    }

    [Fact]
    public async Task A_prompt_that_waited_in_a_turn_that_was_aborted_has_an_abort_of_its_own_also_while_the_next_is_open()
    {
        var session = await CreateAsync();
        await PromptAsync(session.Id, "one");
        Model.Answer.Say("first");
        var waiting = await PromptAsync(session.Id, "two");
        await AskAsync<Aborted>(session.Id, new Abort());
        await PromptAsync(session.Id, "three");

        var ended = await EndOfAsync(session.Id, waiting);

        Assert.Equal(waiting.User.Info.Id, Assistant(ended.Message).ParentId);
        Assert.Equal("", Text(ended.Message));
        Assert.Equal("MessageAbortedError", Assistant(ended.Message).Error!.Name);
    }

    private async Task AbortBeforeTheSyncEndsAsync(SessionId session, string text)
    {
        var prompt = Begin(session, Prompt(text));
        await RunDryAsync();
        var abort = Begin(session, new Abort());
        await RunDryAsync();
        Disk.ReleaseSyncs();
        await RunDryAsync();

        Assert.IsType<PromptAccepted>(await prompt);
        Assert.IsType<Aborted>(await abort);
    }
}
