using Akka.Actor;
using OpenCode.Actors.Sessions.State;
using OpenCode.Actors.Sessions.Turns;

namespace OpenCode.Actors.Sessions;

/// <content>The server stops: what runs is closed now and not by the next start, so that clients see the end of it. What has not begun moves to another node (RULES G2).</content>
internal sealed partial class SessionActor
{
    private static readonly Unavailable _stopping = new("The server stops. Nothing was changed; send it again when the server is back.", TimeSpan.FromSeconds(1));

    private readonly HashSet<IActorRef> _awaitQuiet = [];
    private bool _isQuiescing;

    // Nothing of the turn runs, and nothing of it is about to. Without room on the disk its end is for the next owner to write.
    private bool IsStill => _closing is null
        && (_state.Turn is not { } turn || turn.IsHeld || (_isBroken && !HasLiveRun) || (turn.Stream is not null && Recovery.IsParked(_state)));

    // Its orders wait for their commit.
    private bool IsNotBegun => _closing is null && !_isBroken && _state.Turn is not null && !HasLiveRun;

    private void OnQuiesce()
    {
        _isQuiescing = true;
        if (_state.Info is null && _committed.Info is null)
        {
            // It was never there, and what came with this is answered so. An empty commit would end the actor first, and start it again for what it hands back, for ever.
            Sender.Tell(new Quiesced());
            return;
        }

        var done = new Completion(Sender, static _ => new Quiesced());
        if (_closing is null && (_state.Turn is null or { IsHeld: true } || Recovery.IsParked(_state)))
        {
            LeaveParked(done);
        }
        else if (_setup.IsShared && IsNotBegun)
        {
            HoldTurn(done);
        }
        else
        {
            _onceClosed.Add(done);
            CloseOnceStopped(CloseCause.ServerStopped);
        }
    }

    // RULES C5: it has done nothing that is not ended, so it stays. A model that still talks is cut as a crash would cut it: it could call the next tool.
    private void LeaveParked(Completion done)
    {
        var decision = NewDecision();
        if (decision.State.Turn is { IsHeld: false, Stream: null })
            Recovery.Park(decision);
        Commit(decision, done);
    }

    // turns-are-not-moved: a turn that has called no model and run no tool is, and the next owner begins it.
    private void HoldTurn(params ReadOnlySpan<Completion> completions)
    {
        var decision = NewDecision();
        Holding.Hold(decision);
        Commit(decision, completions);
    }

    private void OnAwaitQuiet()
    {
        _awaitQuiet.Add(Sender);
        TellQuiet();
    }

    private void TellQuiet()
    {
        if (_awaitQuiet.Count == 0 || !IsStill || _underWay is not null)
            return;

        foreach (var asker in _awaitQuiet)
            asker.Tell(new Quiet(_id));
        _awaitQuiet.Clear();
    }

    // A node that drains takes work until its sessions are handed off: it begins nothing of it.
    private bool IsQuiescing()
    {
        if (!_isQuiescing || (_setup.Drain.HasBegun && !_isHandedOff))
            return false;

        Sender.Tell(_stopping);
        return true;
    }
}
