using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Tests.Sessions.History;

/// <summary>Commands that arrive while the end of a turn is stopped or committed: what its last step did to the files is known before they are decided (rule "An undo is whole").</summary>
public sealed class UndoAtAbortTests : UndoKit
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_undo_that_does_not_wait_for_the_abort_restores_what_the_aborted_step_changed(bool isStopped)
    {
        var (session, asked) = await ChangingAsync();
        Faulty.Hold();
        var abort = Begin(session, new Abort());
        if (isStopped)
            await RunDryAsync();
        var undo = Begin(session, new Revert(asked));
        await RunDryAsync();
        Faulty.Release();
        await RunDryAsync();

        Assert.IsType<Aborted>(await abort);
        Assert.IsType<Updated>(await undo);
        AssertRestored();
    }

    [Fact]
    public async Task So_does_an_undo_at_the_end_of_a_turn_that_failed()
    {
        var session = await BeginAsync();
        var asked = (await PromptAsync(session.Id)).User.Info.Id;
        Model.Answer.Bash("c", "touch");
        await RunDryAsync();
        (Snapshots.Now, Snapshots.Diffs) = ("one", [File("a.txt", 1, 0)]);
        Tools.Tool.End("x");
        await RunDryAsync();
        Faulty.Hold();
        Model.Answer.End(FinishReason.ContentFilter);
        await RunDryAsync();

        var undo = Begin(session.Id, new Revert(asked));
        await RunDryAsync();
        Faulty.Release();
        await RunDryAsync();

        Assert.IsType<Updated>(await undo);
        AssertRestored();
    }

    [Fact]
    public async Task An_undo_waits_while_the_disk_has_no_room_for_the_end_of_the_turn()
    {
        var (session, asked) = await ChangingAsync();
        Faulty.Hold();
        var abort = Begin(session, new Abort());
        await RunDryAsync();
        var undo = Begin(session, new Revert(asked));
        await RunDryAsync();
        Faulty.AppendFault = new JournalFullException(1, 2);
        Faulty.Release();
        await RunDryAsync();
        Assert.IsType<StorageFull>(await abort);
        Assert.False(undo.IsCompleted);

        Faulty.Heal();
        Time.Advance(TimeSpan.FromSeconds(2));
        await RunDryAsync();

        Assert.IsType<Updated>(await undo);
        AssertRestored();
    }

    [Fact]
    public async Task A_shell_line_runs_when_the_files_of_the_aborted_step_are_kept()
    {
        var (session, _) = await ChangingAsync();
        var kept = new TaskCompletionSource();
        Snapshots.BeforeKeeping = () => kept.Task;
        _ = Begin(session, new Abort());
        _ = Begin(session, new RunShell(new Shell("make", "build")));
        await RunDryAsync();
        Assert.Single(Tools.Started);

        TestKit.Inlining.Run(kept.SetResult);
        await RunDryAsync();

        Assert.Equal(2, Tools.Started.Count);
    }

    private async Task<(SessionId Session, MessageId Asked)> ChangingAsync()
    {
        var session = await BeginAsync();
        var asked = (await PromptAsync(session.Id)).User.Info.Id;
        Model.Answer.Bash("c", "touch").EndWithCalls();
        await RunDryAsync();
        (Snapshots.Now, Snapshots.Diffs) = ("one", [File("a.txt", 1, 0)]);
        return (session.Id, asked);
    }

    private void AssertRestored()
    {
        var step = Assert.Single(Assert.Single(Snapshots.Set).Undone);
        Assert.Equal("empty", step.From);
        Assert.EndsWith("a.txt", Assert.Single(step.Files!), StringComparison.Ordinal);
    }
}
