using OpenCode.Actors.Journaling;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Sessions.State;
using OpenCode.Actors.Sessions.Turns;

namespace OpenCode.Actors.Sessions;

/// <content>Abort, delete, and turns that cannot go on: the run is stopped first, and the turn closed after its end (RULES C2).</content>
internal sealed partial class SessionActor
{
    private readonly List<Completion> _onceClosed = [];
    private CloseCause? _closing;
    private bool _isBroken;

    private sealed record CloseAgain : INoInfluence;

    private ValueTask OnAbort()
    {
        if (IsMissing(Sender))
            return ValueTask.CompletedTask;

        if (_state.Turn is null)
        {
            Decide(static decision => decision.ShowIdle(), static (_, offset) => new Aborted(offset));
            return ValueTask.CompletedTask;
        }

        _onceClosed.Add(new Completion(Sender, static offset => new Aborted(offset)));
        CloseOnceStopped(CloseCause.Aborted);
        return ValueTask.CompletedTask;
    }

    private ValueTask OnDelete()
    {
        if (IsPutOff() || IsMissing(Sender))
            return ValueTask.CompletedTask;

        if (HasLiveRun)
        {
            // The turn is closed first; then this is taken up again.
            Context.Stash.Stash();
            CloseOnceStopped(CloseCause.Aborted);
            return ValueTask.CompletedTask;
        }

        CloseBroken();
        var info = _state.Info!;
        Decide(
            static decision =>
            {
                if (decision.State.Turn is not null)
                    Closing.Close(decision, CloseCause.Aborted);
                decision.Delete();
            },
            (_, offset) => new Deleted(info, offset));
        return ValueTask.CompletedTask;
    }

    // Whoever would change the turn waits until it is closed.
    private bool IsPutOff()
    {
        if (_closing is null)
            return false;

        Context.Stash.Stash();
        return true;
    }

    private void CloseOnceStopped(CloseCause cause)
    {
        if (_closing is not null)
            return;

        _closing = cause;
        if (HasLiveRun)
            Context.Stop(_run!); // Its Terminated goes on from here.
        else
            FinishClosing();
    }

    private void FinishClosing()
    {
        var cause = _closing!;
        _closing = null;
        CloseTurn(cause);
        Context.Stash.UnstashAll();
    }

    private void CloseTurn(CloseCause cause)
    {
        var decision = NewDecision();
        if (decision.State.Turn is not null)
        {
            _setup.Metrics.TurnClosed();
            Closing.Close(decision, cause);
        }

        Completion[] closed = [.. _onceClosed];
        _onceClosed.Clear();
        Commit(decision, closed);
    }

    // The run's reports are lost with what was not written, so the turn is at its end. Closing it has to be written too: tried again until there is room.
    private void CloseWithoutRoom(JournalFullException full)
    {
        if (HasLiveRun)
        {
            CloseOnceStopped(CloseCause.Failed(MessageError.Unknown(full.Message)));
            return;
        }

        _isBroken = true;
        Context.Timers.StartSingle(nameof(CloseAgain), new CloseAgain(), _closeAgainAfter);
    }

    private ValueTask OnCloseAgain()
    {
        CloseBroken();
        return ValueTask.CompletedTask;
    }

    private void CloseBroken()
    {
        if (!_isBroken)
            return;

        _isBroken = false;
        Context.Timers.Cancel(nameof(CloseAgain));
        CloseTurn(CloseCause.Failed(MessageError.Unknown("The disk was full before this turn had ended.")));
    }
}
