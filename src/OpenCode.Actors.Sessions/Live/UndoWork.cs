using Akka.Actor;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Setup;
using OpenCode.Actors.Sessions.Snapshots;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Sessions.Live;

/// <summary>An undo that restores files, outside of the session's actor: take a snapshot, store the plan, restore the files, then mark the messages, in this order (rule "An undo is whole").</summary>
/// <remarks>Commands that would change the session wait meanwhile. A stored plan is always ended: by the next incarnation, the next start, or the next command when there was no room to store its end.</remarks>
internal sealed partial class UndoWork(SessionSetup setup, Committer committer, DeferredCommands deferred, IActorRef session, ILogger logger)
{
    private Phase _phase;
    private ISessionCommand? _command;
    private (IActorRef Asker, string? Name, string? Body) _origin = (ActorRefs.Nobody, null, null);

    private enum Phase
    {
        None,
        Taking,
        Noting,
        Restoring,
    }

    /// <summary>Gets a value indicating whether none is under way.</summary>
    public bool IsIdle => _phase == Phase.None;

    /// <summary>Begins a plan that has files.</summary>
    public void Begin(UndoPlan plan, ISessionCommand command, IActorRef asker, string? name, string? body)
    {
        (_command, _origin) = (name is null ? command : new Named(name, command), (asker, name, body));
        _phase = Phase.Taking;
        if (plan.Snapshot is null && setup.Snapshots is { } snapshots && SnapshotPlace.Of(committer.State.Info!) is { } place)
            TakeAsync(snapshots, place).PipeTo(session, success: taken => new Taken(plan, taken), failure: cause => Failed(cause, new Taken(plan, null)));
        else
            Note(new Taken(plan, plan.Snapshot));
    }

    /// <summary>Stores the plan before the first file is changed. Without a snapshot there is no way back, so the files stay.</summary>
    public void Note(Taken taken)
    {
        var decision = committer.NewDecision();
        _phase = Phase.Noting;
        decision.Begin(taken.Snapshot is null ? taken.Plan with { Undone = [], Before = [], Since = null } : taken.Plan with { Snapshot = taken.Snapshot });
        committer.Commit(decision);
    }

    /// <summary>Restores the files of a stored plan.</summary>
    public void Restore(UndoPlan plan)
    {
        _phase = Phase.Restoring;
        if (plan is { HasFiles: true, Snapshot: { } now } && setup.Snapshots is { } snapshots && SnapshotPlace.Of(committer.State.Info!) is { } place)
            RestoreAsync(snapshots, place, new FilesToRestore(now, plan.Undone, plan.Before, plan.Since)).PipeTo(
                session, success: set => new FilesRestored(plan, set), failure: cause => Failed(cause, new FilesRestored(plan, new RestoreOutcome(null, $"Not all files could be restored: {cause.Message}"))));
        else
            session.Tell(new FilesRestored(plan, new RestoreOutcome(null, "The files stay as they are: no snapshot of them could be taken.")));
    }

    /// <summary>Marks the messages and answers the command.</summary>
    public void End(CommandDecider decider, FilesRestored set)
    {
        decider.Begin(_origin.Asker, _origin.Name, _origin.Body);
        decider.Decide(decision => History.Undoing.Decide(decision, set.Plan, set.Files));
        Forget();
        deferred.RedeliverAll();
    }

    /// <summary>Resumes a stored plan that has no end; true if an undo is under way then.</summary>
    public bool ResumeIfNoted()
    {
        if (IsIdle && committer.State.Undo is { } left)
            Restore(left);
        return !IsIdle;
    }

    /// <summary>The plan was not written: the disk is full.</summary>
    public void RollBack(object refusal)
    {
        if (_phase != Phase.Noting)
            return;

        _origin.Asker.Tell(refusal);
        Forget();
        deferred.RedeliverAll();
    }

    /// <summary>The session leaves memory: the command returns to the region, or is refused.</summary>
    public void Leave(Unavailable? refusal)
    {
        if (_command is not null)
            deferred.Return(_command, _origin.Asker, refusal);
        Forget();
    }

    // What the door throws before its first wait is a failure like any other.
    private static async Task<string?> TakeAsync(ISnapshots snapshots, SnapshotPlace place) => await snapshots.TakeAsync(place);

    private static async Task<RestoreOutcome> RestoreAsync(ISnapshots snapshots, SnapshotPlace place, FilesToRestore files) => await snapshots.RestoreAsync(place, files);

    private FileWorkResult Failed(Exception cause, FileWorkResult result)
    {
        LogFailed(logger, cause, committer.Id.Value);
        return result;
    }

    private void Forget() => (_phase, _command, _origin) = (Phase.None, null, (ActorRefs.Nobody, null, null));

    [LoggerMessage(EventId = 6013, Level = LogLevel.Error, Message = "The files of an undo of {SessionId} could not be kept or restored; the undo is ended, and its user is told.")]
    private static partial void LogFailed(ILogger logger, Exception cause, string sessionId);

    /// <summary>The snapshot before an undo; null when none could be taken.</summary>
    public sealed record Taken(UndoPlan Plan, string? Snapshot) : FileWorkResult;

    /// <summary>The files of an undo are restored.</summary>
    public sealed record FilesRestored(UndoPlan Plan, RestoreOutcome Files) : FileWorkResult;
}
