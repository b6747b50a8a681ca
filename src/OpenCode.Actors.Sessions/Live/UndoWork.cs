using Akka.Actor;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Setup;
using OpenCode.Actors.Sessions.Snapshots;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Sessions.Live;

/// <summary>An undo with its files, outside of the session's actor: a snapshot is taken, the undo is noted, the files are set, and the undo is made, in this order (rule "An undo is whole").</summary>
/// <remarks>Commands that would change the session wait meanwhile. An undo that is noted is ended, whatever happens: by the next incarnation, the next start, or the next command when there was no room to note its end.</remarks>
internal sealed partial class UndoWork(SessionSetup setup, Committer committer, PutOffCommands putOff, IActorRef session, ILogger logger)
{
    private Phase _phase;
    private ISessionCommand? _command;
    private (IActorRef Asker, string? Name, string? Body) _origin = (ActorRefs.Nobody, null, null);

    private enum Phase
    {
        None,
        Taking,
        Noting,
        Setting,
    }

    /// <summary>Gets a value indicating whether none is under way.</summary>
    public bool IsIdle => _phase == Phase.None;

    /// <summary>Begins with a plan that has files.</summary>
    public void Begin(UndoPlan plan, ISessionCommand command, IActorRef asker, string? name, string? body)
    {
        (_command, _origin) = (name is null ? command : new Named(name, command), (asker, name, body));
        _phase = Phase.Taking;
        if (plan.Snapshot is null && setup.Snapshots is { } snapshots && SnapshotPlace.Of(committer.State.Info!) is { } place)
            TakeAsync(snapshots, place).PipeTo(session, success: taken => new Taken(plan, taken), failure: cause => Failed(cause, new Taken(plan, null)));
        else
            Note(new Taken(plan, plan.Snapshot));
    }

    /// <summary>Notes the undo, before the first file is changed. Without a snapshot there is no way back, so the files stay.</summary>
    public void Note(Taken taken)
    {
        var decision = committer.NewDecision();
        _phase = Phase.Noting;
        decision.Begin(taken.Snapshot is null ? taken.Plan with { Undone = [], Before = [] } : taken.Plan with { Snapshot = taken.Snapshot });
        committer.Commit(decision);
    }

    /// <summary>Sets the files of an undo that is noted.</summary>
    public void Set(UndoPlan plan)
    {
        _phase = Phase.Setting;
        if (plan is { HasFiles: true, Snapshot: { } now } && setup.Snapshots is { } snapshots && SnapshotPlace.Of(committer.State.Info!) is { } place)
            SetAsync(snapshots, place, new FilesToSet(now, plan.Undone, plan.Before)).PipeTo(
                session, success: set => new FilesAreSet(plan, set), failure: cause => Failed(cause, new FilesAreSet(plan, new FilesSet(null, $"Not all files could be set: {cause.Message}"))));
        else
            session.Tell(new FilesAreSet(plan, new FilesSet(null, "The files stay as they are: no snapshot of them could be taken.")));
    }

    /// <summary>Makes the undo, and answers it.</summary>
    public void End(CommandDecider decider, FilesAreSet set)
    {
        decider.Begin(_origin.Asker, _origin.Name, _origin.Body);
        decider.Decide(decision => History.Undoing.Decide(decision, set.Plan, set.Files));
        Forget();
        putOff.TakeUp();
    }

    /// <summary>Tells whether one is under way. One that is noted and has no end is taken up again.</summary>
    public bool GoesOn()
    {
        if (IsIdle && committer.State.Undo is { } left)
            Set(left);
        return !IsIdle;
    }

    /// <summary>What waited for a commit was not written: the disk is full.</summary>
    public void RollBack(object refusal)
    {
        if (_phase != Phase.Noting)
            return;

        _origin.Asker.Tell(refusal);
        Forget();
        putOff.TakeUp();
    }

    /// <summary>The session leaves memory: the command is given back, or refused.</summary>
    public void Leave(Unavailable? refusal)
    {
        if (_command is not null)
            putOff.GiveBack(_command, _origin.Asker, refusal);
        Forget();
    }

    // What the door throws before its first wait is a failure like any other.
    private static async Task<string?> TakeAsync(ISnapshots snapshots, SnapshotPlace place) => await snapshots.TakeAsync(place);

    private static async Task<FilesSet> SetAsync(ISnapshots snapshots, SnapshotPlace place, FilesToSet files) => await snapshots.SetAsync(place, files);

    private FileNews Failed(Exception cause, FileNews news)
    {
        LogFailed(logger, cause, committer.Id.Value);
        return news;
    }

    private void Forget() => (_phase, _command, _origin) = (Phase.None, null, (ActorRefs.Nobody, null, null));

    [LoggerMessage(EventId = 6013, Level = LogLevel.Error, Message = "The files of an undo of {SessionId} could not be kept or set; the undo is ended, and its user is told.")]
    private static partial void LogFailed(ILogger logger, Exception cause, string sessionId);

    /// <summary>The snapshot before an undo; null when none could be taken.</summary>
    public sealed record Taken(UndoPlan Plan, string? Snapshot) : FileNews;

    /// <summary>The files of an undo are set.</summary>
    public sealed record FilesAreSet(UndoPlan Plan, FilesSet Files) : FileNews;
}
