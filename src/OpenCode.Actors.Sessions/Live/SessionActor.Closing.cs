using Akka.Actor;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Runs;
using OpenCode.Actors.Sessions.State;
using OpenCode.Actors.Sessions.Turns;

namespace OpenCode.Actors.Sessions.Live;

/// <content>Abort, and turns that cannot go on: the run is stopped first, and the turn closed after its end (RULES C2).</content>
internal sealed partial class SessionActor
{
    private readonly List<Completion> _onceClosed = [];
    private CloseCause? _closing;
    private bool _isBroken;

    /// <summary>Tries again to close a turn for whose end the disk had no room.</summary>
    private sealed record CloseAgain : INotInfluenceReceiveTimeout;

    private void OnAbort()
    {
        if (IsGone())
            return;

        if (_state.Turn is null)
        {
            Decide(static decision =>
            {
                decision.ShowIdle();
                return new Outcome(OutcomeKind.Aborted);
            });
            return;
        }

        if (_name is { } name)
            _namesOnceClosed.Add(name);
        _onceClosed.Add(new Completion(Sender, static offset => new Aborted(offset), Name: _name));
        CloseOnceStopped(CloseCause.Aborted);
    }

    // A command that would change the turn waits until it is closed.
    private bool IsPutOff(ISessionCommand command)
    {
        if (_closing is null)
            return false;

        PutOff(command);
        return true;
    }

    private void CloseOnceStopped(CloseCause cause)
    {
        if (_closing is not null)
            return;

        _closing = cause;
        if (HasLiveRun)
            _run!.Tell(RunActor.Stop.Instance); // Its Terminated goes on from here.
        else
            FinishClosing();
    }

    private void FinishClosing()
    {
        var cause = _closing!;
        _closing = null;
        CloseTurn(cause);
        Stash.UnstashAll();
    }

    private void CloseTurn(CloseCause cause)
    {
        var decision = NewDecision();
        if (decision.State.Turn is not null)
        {
            _setup.Metrics.TurnClosed();
            Closing.Close(decision, cause);
        }

        NoteAborts(decision);
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
        Timers.StartSingleTimer(nameof(CloseAgain), new CloseAgain(), _closeAgainAfter);
    }

    private void CloseBroken()
    {
        if (!_isBroken)
            return;

        _isBroken = false;
        Timers.Cancel(nameof(CloseAgain));
        CloseTurn(CloseCause.Failed(MessageError.Unknown("The disk was full before this turn had ended.")));
    }
}
