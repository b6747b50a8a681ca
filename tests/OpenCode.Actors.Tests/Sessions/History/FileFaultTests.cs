using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Commands;

namespace OpenCode.Actors.Tests.Sessions.History;

/// <summary>Work with files that fails in a way it should not: the turn or the undo that waits for it goes on, and the log says why.</summary>
public sealed class FileFaultTests : UndoKit
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_step_whose_files_cannot_be_kept_ends_without(bool isAtOnce)
    {
        var session = await BeginAsync();
        await PromptAsync(session.Id);
        Model.Answer.Bash("c", "ls").EndWithCalls();
        await RunDryAsync();
        Snapshots.Fault = (new InvalidOperationException("boom"), isAtOnce);

        ExpectLog<InvalidOperationException>(() => Tools.Tool.End("x"), count: 2); // The end of this step, and the start of the next.
        Model.Answer.Say("Done").End();
        await RunDryAsync();

        var messages = await MessagesAsync(session.Id);
        Assert.Equal(["step-start empty", "tool", "step-finish"], messages[1].Parts.Select(Told));
        Assert.Equal(["step-start", "text", "step-finish"], messages[2].Parts.Select(Told));
        Assert.Equal(SessionStatus.Idle, await StatusAsync(session.Id));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_turn_that_was_aborted_takes_the_next_prompt(bool isAtOnce)
    {
        var session = await BeginAsync();
        await PromptAsync(session.Id);
        Model.Answer.Bash("c", "ls").EndWithCalls();
        await RunDryAsync();
        Snapshots.Fault = (new InvalidOperationException("boom"), isAtOnce);

        await AskAsync<Aborted>(session.Id, new Abort());
        Snapshots.Fault = null;
        await PromptAsync(session.Id, "again");
        Model.Answer.Say("Done").End();
        await RunDryAsync();

        Assert.Equal(SessionStatus.Idle, await StatusAsync(session.Id));
        Assert.Empty(Unhandled);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_undo_without_a_snapshot_leaves_the_files(bool isAtOnce)
    {
        var session = await BeginAsync();
        await ChangeAsync(session.Id, "one", File("a.txt", 1, 0));
        var asked = (await MessagesAsync(session.Id))[0].Info.Id;
        Snapshots.Fault = (new InvalidOperationException("boom"), isAtOnce);

        var undone = await AskAsync<Updated>(session.Id, new Revert(asked));

        Assert.Equal(new SessionRevert(asked), undone.Info.Revert);
        Assert.Empty(Snapshots.Set);
        Assert.Equal("tui.toast.show", (await LogAsync())[^1].Type);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_undo_whose_files_cannot_be_set_ends_and_says_so(bool isAtOnce)
    {
        var session = await BeginAsync();
        await ChangeAsync(session.Id, "one", File("a.txt", 1, 0));
        await ChangeAsync(session.Id, "two", File("b.txt", 1, 0));
        var messages = await MessagesAsync(session.Id);
        await AskAsync<Updated>(session.Id, new Revert(messages[3].Info.Id));
        Snapshots.Fault = (new InvalidOperationException("boom"), isAtOnce);

        var undone = await AskAsync<Updated>(session.Id, new Revert(messages[0].Info.Id)); // Its snapshot is there already.

        Assert.Equal(messages[0].Info.Id, undone.Info.Revert!.MessageId);
        Assert.Contains("boom", System.Text.Encoding.UTF8.GetString((await LogAsync())[^1].Properties.Span), StringComparison.Ordinal);
        Snapshots.Fault = null;
        Assert.True((await PromptAsync(session.Id, "again")).IsOpen);
    }
}
