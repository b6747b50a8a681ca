using Akka.Actor;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Setup;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Sessions.Live;

/// <summary>The open turn of a session: its run, its close and its hand-over; and the undo of turns that are over.</summary>
internal sealed class OpenTurn
{
    private readonly Committer _committer;
    private readonly DeferredCommands _deferred;

    public OpenTurn(
        SessionId id, SessionSetup setup, Committer committer, DeferredCommands deferred, IActorContext context, Func<ITimerScheduler> timers, ILogger logger)
    {
        (_committer, _deferred) = (committer, deferred);
        Run = new RunHandle(setup, context);
        Closer = new TurnCloser(committer, Run, setup, deferred, context, timers);
        HandOver = new TurnHandOver(id, setup, committer, Run, Closer, timers);
        Title = new SessionTitle(committer, context, logger);
        Files = new StepSnapshotWork(setup, context.Self, logger);
        Undo = new UndoWork(setup, committer, deferred, context.Self, logger);
        Driver = new TurnDriver(id, setup, committer, Run, Closer, HandOver, Title, Files, Undo, logger);
    }

    /// <summary>Gets the run.</summary>
    public RunHandle Run { get; }

    /// <summary>Gets what closes a turn before its end.</summary>
    public TurnCloser Closer { get; }

    /// <summary>Gets what ends or holds a turn when the server stops or the shard moves.</summary>
    public TurnHandOver HandOver { get; }

    /// <summary>Gets what takes the snapshots at the end of steps.</summary>
    public StepSnapshotWork Files { get; }

    /// <summary>Gets a value indicating whether what the last step did to the files is not known yet: its snapshot is under way, or ordered by a decision that is not committed.</summary>
    public bool AwaitsFiles => !Files.IsIdle || _committer.Waiting.Any(static waiting => waiting.Order is TakeStepSnapshot);

    /// <summary>Gets what undoes turns that are over.</summary>
    public UndoWork Undo { get; }

    /// <summary>Gets the call for the session's title.</summary>
    public SessionTitle Title { get; }

    /// <summary>Gets what drives a turn.</summary>
    public TurnDriver Driver { get; }

    /// <summary>Takes the result of work with files.</summary>
    public void Take(FileWorkResult news, CommandDecider decider)
    {
        switch (news)
        {
            case StepSnapshotWork.Taken m:
                Driver.Take(m);
                _deferred.RedeliverAll();
                break;
            case UndoWork.Taken m: Undo.Note(m); break;
            case UndoWork.FilesRestored m: Undo.End(decider, m); break;
        }
    }

    /// <summary>Goes back to what is durable: there was no room to write what followed.</summary>
    public void RollBack(JournalFullException full, StorageFull refusal)
    {
        _committer.RollBack(refusal);
        Undo.RollBack(refusal);
        Closer.CloseAfterDiskFull(full);
    }

    /// <summary>Gets a value indicating whether no turn is open and no work of a past turn is under way.</summary>
    public bool IsIdle => _committer.State.Turn is null && !Closer.IsClosing && Files.IsIdle && Undo.IsIdle;
}
