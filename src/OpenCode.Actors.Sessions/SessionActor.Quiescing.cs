using Akka.Actor;
using OpenCode.Actors.Sessions.State;
using OpenCode.Actors.Sessions.Turns;

namespace OpenCode.Actors.Sessions;

/// <content>The server stops: what runs is closed now and not by the next start, so that clients see the end of it.</content>
internal sealed partial class SessionActor
{
    private static readonly Unavailable _stopping = new("The server stops. Nothing was changed; send it again when the server is back.", TimeSpan.FromSeconds(1));

    private bool _isQuiescing;

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
        if (_closing is null && (_state.Turn is null || Recovery.IsParked(_state)))
        {
            LeaveParked(done);
            return;
        }

        _onceClosed.Add(done);
        CloseOnceStopped(CloseCause.ServerStopped);
    }

    // RULES C5: it has done nothing that is not ended, so it stays. A model that still talks is cut as a crash would cut it: it could call the next tool.
    private void LeaveParked(Completion done)
    {
        var decision = NewDecision();
        if (decision.State.Turn is { Stream: null })
            Recovery.Park(decision);
        Commit(decision, done);

        foreach (var (_, replyTo) in _waiters.Values)
            replyTo.Tell(new Unavailable("The server stops; the turn waits for its user and goes on after the next start.", _stopping.RetryAfter));
        _waiters.Clear();
    }

    private bool IsQuiescing()
    {
        if (_isQuiescing)
            Sender.Tell(_stopping);
        return _isQuiescing;
    }
}
