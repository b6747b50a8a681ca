using Akka.Actor;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Setup;
using OpenCode.Actors.Sessions.State;
using OpenCode.Actors.Sessions.Turns;

namespace OpenCode.Actors.Sessions.Live;

/// <summary>
/// The open turn of a session whose server stops, or whose shard moves: what runs is closed now and not by the next start, so that clients see its end. What has not begun is
/// held for the next owner (rule "Running turns are not moved"), and what waits for its user stays (rule "Waiting turns stay open").
/// </summary>
internal sealed class TurnHandOver(
    SessionId id, SessionSetup setup, Committer committer, RunHandle run, TurnCloser closer, Func<ITimerScheduler> timers)
{
    private static readonly TimeSpan _retryAfter = TimeSpan.FromSeconds(1);

    // Of the 3 s that Akka gives a session to stop; the rest is for closing its turn, of which a tool that is slow to die takes 1.8 s.
    private static readonly TimeSpan _turnAtHandOff = TimeSpan.FromSeconds(1);

    private readonly HashSet<IActorRef> _awaitQuiet = [];
    private bool _isQuiescing;

    /// <summary>Gets the refusal of work when <see cref="RefusesWork"/>.</summary>
    public static Unavailable Stopping { get; } = new("The server stops. Nothing was changed; send it again when the server is back.", _retryAfter);

    /// <summary>Gets a value indicating whether the session moves to another node.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Gets a value indicating whether no work is taken. A node that drains takes work until its sessions are handed off: it begins nothing of it.</summary>
    public bool RefusesWork => _isQuiescing && (!setup.Drain.HasBegun || HasBegun);

    /// <summary>Gets a value indicating whether nothing of the turn runs, and nothing of it is about to. Without room on the disk its end is for the next owner to write.</summary>
    public bool IsQuiet => !closer.IsClosing
        && (Turn is not { } turn || turn.IsHeld || (closer.IsBroken && !run.IsLive(turn)) || (turn.Stream is not null && Parking.IsParked(committer.State)) || IsLeft);

    private TurnState? Turn => committer.State.Turn;

    // It waits for children and has no run: an earlier stop has left it, or its orders wait for their commit.
    private bool IsLeft => Turn is not null && !closer.IsBroken && !run.IsLive(Turn) && Parking.IsParked(committer.State, withTasks: true);

    /// <summary>Ends what runs and begins nothing any more; the sender gets <see cref="Quiesced"/> or a refusal.</summary>
    public void Stop(IActorRef asker)
    {
        _isQuiescing = true;
        if (committer.State.Info is null && committer.Committed.Info is null)
        {
            // It was never there, and what came with this is answered so. An empty commit would end the actor first, and start it again for what it hands back, for ever.
            asker.Tell(new Quiesced());
            return;
        }

        var done = new Completion(asker, static _ => new Quiesced());
        if (!closer.IsClosing && (Turn is null or { IsHeld: true } || IsLeft || Parking.IsParked(committer.State)))
        {
            LeaveParked(done);
        }
        else if (setup.IsShared && !closer.IsClosing && !closer.IsBroken && (!run.IsLive(Turn) || Turn!.IsToHold))
        {
            Hold(done); // Its orders wait for their commit, or for the files of its step.
        }
        else
        {
            closer.OnceClosed(done);
            closer.CloseOnceStopped(CloseCause.ServerStopped);
        }
    }

    /// <summary>Holds the open turn for the next owner. One that has called a model or run a tool is never held (rule "Running turns are not moved").</summary>
    public void Hold(params ReadOnlySpan<Completion> completions)
    {
        var decision = committer.NewDecision();
        Holding.Hold(decision);
        committer.Commit(decision, completions);
    }

    /// <summary>Answers an actor as soon as nothing of the turn runs.</summary>
    public void Await(IActorRef asker)
    {
        _awaitQuiet.Add(asker);
        AnswerQuietWaits();
    }

    /// <summary>The session moves to another node.</summary>
    public void Begin() => HasBegun = true;

    /// <summary>Ends what runs, for a session that moves. A turn that began after its shard was chosen as one without turns gets a grace period; a node that drains has waited already (rule "Running turns are not moved").</summary>
    public void EndTurn(IActorRef session)
    {
        if (!run.IsLive(Turn) || closer.IsClosing || setup.Drain.HasBegun)
        {
            session.Tell(new Quiesce(), session);
            return;
        }

        timers().StartSingleTimer(nameof(TurnTimedOut), new TurnTimedOut(), _turnAtHandOff);
        Await(session);
    }

    /// <summary>The turn is over, or its grace period is.</summary>
    public void EndGracePeriod(IActorRef session)
    {
        timers().Cancel(nameof(TurnTimedOut));
        _awaitQuiet.Remove(session);
        session.Tell(new Quiesce(), session);
    }

    /// <summary>Answers the waits of <see cref="Await"/>, if nothing of the turn runs and that is durable.</summary>
    public void AnswerQuietWaits()
    {
        if (_awaitQuiet.Count == 0 || !IsQuiet || committer.IsUnderWay)
            return;

        foreach (var asker in _awaitQuiet)
            asker.Tell(new Quiet(id));
        _awaitQuiet.Clear();
    }

    // Rule "Waiting turns stay open": it has done nothing that is not ended, so it stays. A model that still talks is cut as a crash would cut it: it could call the next tool.
    private void LeaveParked(Completion done)
    {
        var decision = committer.NewDecision();
        if (IsLeft)
            Parking.Leave(decision);
        else if (decision.State.Turn is { IsHeld: false, Stream: null })
            Parking.Park(decision);
        committer.Commit(decision, done);
    }

    /// <summary>The grace period of the turn is over.</summary>
    public sealed record TurnTimedOut : INotInfluenceReceiveTimeout;
}
