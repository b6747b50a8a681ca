using Akka.Actor;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Region;
using OpenCode.Actors.Sessions.Runs;
using OpenCode.Actors.Sessions.Setup;
using OpenCode.Actors.Sessions.State;
using OpenCode.Actors.Sessions.Turns;

namespace OpenCode.Actors.Sessions.Live;

/// <summary>Closes turns before their end: the run is stopped first, and the turn closed after its end (rule "One append outstanding").</summary>
internal sealed class TurnCloser(Committer committer, RunHandle run, SessionSetup setup, DeferredCommands deferred, IActorContext context, Func<ITimerScheduler> timers)
{
    private static readonly TimeSpan _closeAgainAfter = TimeSpan.FromSeconds(1);

    private readonly List<Completion> _onceClosed = [];
    private CloseCause? _cause;
    private bool _isLeft;

    /// <summary>Gets a value indicating whether the run is stopping for it.</summary>
    public bool IsClosing => _cause is not null;

    /// <summary>Gets a value indicating whether the open turn is at its end, which could not be written: the disk was full.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Adds an answer or order that is due when the turn is closed. Names of commands in it are stored as aborts: one event for all copies.</summary>
    public void OnceClosed(Completion completion) => _onceClosed.Add(completion);

    /// <summary>Closes the open turn as soon as its run has ended.</summary>
    public void CloseOnceStopped(CloseCause cause)
    {
        if (IsClosing)
        {
            if (_cause == CloseCause.ServerStopped && cause.ByUser)
                _cause = cause; // Else the abort would be answered, and the turn left.
            return;
        }

        (_cause, _isLeft) = (cause, false);
        if (run.IsLive(committer.State.Turn))
            run.Stop(sparesWaits: cause == CloseCause.ServerStopped && Parking.IsParked(committer.State, withTasks: true)); // Its Terminated goes on from here.
        else
            EndWithoutRun();
    }

    /// <summary>A tool of the run that is stopping has left what it waits for, so the turn goes on after the next start, as after a crash (rule "Waiting turns stay open").</summary>
    public void Leave(RunActor.Left left) => _isLeft |= IsClosing && committer.State.Turn?.Run == left.Run;

    /// <summary>The run that was stopped has ended.</summary>
    public void Finish()
    {
        var cause = _cause!;
        _cause = null;
        if (_isLeft && cause == CloseCause.ServerStopped)
        {
            Conclude(Parking.Leave);
        }
        else
        {
            if (_isLeft)
                AbortChildren();
            Close(cause);
        }

        deferred.RedeliverAll();
    }

    /// <summary>Closes the open turn now, if there is one: it has no run.</summary>
    public void Close(CloseCause cause) => Conclude(decision =>
    {
        if (decision.State.Turn is null)
            return;

        setup.Metrics.TurnClosed();
        Closing.Close(decision, cause);
    });

    /// <summary>The run's reports are lost with the failed write, so the open turn ends. Its close must be written too: it is tried again until there is room.</summary>
    public void CloseAfterDiskFull(JournalFullException full)
    {
        if (committer.State.Turn is null)
            return;

        if (run.IsLive(committer.State.Turn))
        {
            CloseOnceStopped(CloseCause.Failed(MessageError.Unknown(full.Message)));
            return;
        }

        IsBroken = true;
        timers().StartSingleTimer(nameof(CloseAgain), new CloseAgain(), _closeAgainAfter);
    }

    /// <summary>Closes the open turn, if it is at its end for which there was no room.</summary>
    public void CloseBroken()
    {
        if (!IsBroken)
            return;

        IsBroken = false;
        timers().Cancel(nameof(CloseAgain));
        AbortChildren(); // Of a turn that was about to be left.
        Close(CloseCause.Failed(MessageError.Unknown("The disk was full before this turn had ended. Make room where the server keeps its data, then prompt again.")));
        deferred.RedeliverAll(); // The disk may have had no room for the snapshot that they wait for.
    }

    /// <summary>Answers all that waits for a close with a refusal.</summary>
    public void Refuse(object refusal)
    {
        foreach (var completion in _onceClosed)
            completion.ReplyTo!.Tell(refusal);
        _onceClosed.Clear();
    }

    // Tasks that an earlier stop left have no run that would abort their children.
    private void EndWithoutRun()
    {
        AbortChildren();
        Finish();
    }

    // A child that waits for its user would go on with the answer, for a turn that is over.
    private void AbortChildren()
    {
        foreach (var child in Parking.ChildrenOf(committer.State))
            setup.RegionOf(context).Tell(new Deliver(child, new Abort()), ActorRefs.NoSender);
    }

    private void Conclude(Action<Decision> conclude)
    {
        var decision = committer.NewDecision();
        conclude(decision);
        foreach (var completion in _onceClosed)
        {
            if (completion.Name is { } name)
                decision.Done(name, new Outcome(OutcomeKind.Aborted));
        }

        Completion[] completions = [.. _onceClosed];
        _onceClosed.Clear();
        committer.Commit(decision, completions);
    }

    /// <summary>Tries again to close a turn for whose end the disk had no room.</summary>
    public sealed record CloseAgain : INotInfluenceReceiveTimeout;
}
