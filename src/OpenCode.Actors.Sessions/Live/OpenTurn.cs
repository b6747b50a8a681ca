using Akka.Actor;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Setup;

namespace OpenCode.Actors.Sessions.Live;

/// <summary>The open turn of a session: its run, its close and its hand-over; and what is done about turns that are over.</summary>
internal sealed class OpenTurn
{
    private readonly Committer _committer;
    private readonly PutOffCommands _putOff;

    public OpenTurn(
        SessionId id, SessionSetup setup, Committer committer, PutOffCommands putOff, IActorContext context, Func<ITimerScheduler> timers, ILogger logger)
    {
        (_committer, _putOff) = (committer, putOff);
        Run = new RunHandle(setup, context);
        Closer = new TurnCloser(committer, Run, setup, putOff, timers);
        HandOver = new TurnHandOver(id, setup, committer, Run, Closer, timers);
        Title = new SessionTitle(committer, context);
        Files = new FileWork(setup, context.Self);
        Undo = new UndoWork(setup, committer, putOff, context.Self);
        Driver = new TurnDriver(id, setup, committer, Run, Closer, HandOver, Title, Files, Undo, logger);
    }

    /// <summary>Gets the run.</summary>
    public RunHandle Run { get; }

    /// <summary>Gets what closes a turn before its end.</summary>
    public TurnCloser Closer { get; }

    /// <summary>Gets what is done with a turn when the server stops or the shard moves.</summary>
    public TurnHandOver HandOver { get; }

    /// <summary>Gets what keeps the files at the end of steps.</summary>
    public FileWork Files { get; }

    /// <summary>Gets what undoes turns that are over.</summary>
    public UndoWork Undo { get; }

    /// <summary>Gets the call for the session's title.</summary>
    public SessionTitle Title { get; }

    /// <summary>Gets what takes a turn on.</summary>
    public TurnDriver Driver { get; }

    /// <summary>Takes what came of work with files.</summary>
    public void Take(FileNews news, CommandDecider decider)
    {
        switch (news)
        {
            case FileWork.Kept m:
                Driver.Take(m);
                _putOff.TakeUp();
                break;
            case UndoWork.Taken m: Undo.Note(m); break;
            case UndoWork.FilesAreSet m: Undo.End(decider, m); break;
        }
    }

    /// <summary>Goes back to what is durable: there was no room to write what followed.</summary>
    public void RollBack(JournalFullException full, StorageFull refusal)
    {
        _committer.RollBack(refusal);
        Undo.RollBack(refusal);
        Closer.CloseWithoutRoom(full);
    }

    /// <summary>Gets a value indicating whether no turn is open, and nothing is done about one that is over.</summary>
    public bool IsIdle => _committer.State.Turn is null && !Closer.IsClosing && Files.IsIdle && Undo.IsIdle;
}
