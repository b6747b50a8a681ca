using Akka.Actor;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Setup;

namespace OpenCode.Actors.Sessions.Live;

/// <summary>The open turn of a session: its run, the waits for its end, its close and its hand-over.</summary>
internal sealed class OpenTurn
{
    private readonly Committer _committer;

    public OpenTurn(
        SessionId id, SessionSetup setup, Committer committer, PutOffCommands putOff, IActorContext context, Func<ITimerScheduler> timers, ILogger logger)
    {
        _committer = committer;
        Run = new RunHandle(id, setup, context);
        Closer = new TurnCloser(committer, Run, setup, putOff, timers);
        HandOver = new TurnHandOver(id, setup, committer, Run, Closer, Waiters, timers);
        Driver = new TurnDriver(id, setup, committer, Run, Closer, HandOver, logger);
    }

    /// <summary>Gets the run.</summary>
    public RunHandle Run { get; }

    /// <summary>Gets the waits for the ends of turns.</summary>
    public TurnWaiters Waiters { get; } = new();

    /// <summary>Gets what closes a turn before its end.</summary>
    public TurnCloser Closer { get; }

    /// <summary>Gets what is done with a turn when the server stops or the shard moves.</summary>
    public TurnHandOver HandOver { get; }

    /// <summary>Gets what takes a turn on.</summary>
    public TurnDriver Driver { get; }

    /// <summary>Gets a value indicating whether no turn is open or awaited.</summary>
    public bool IsIdle => _committer.State.Turn is null && Waiters.IsEmpty && !Closer.IsClosing;

    /// <summary>Something was committed or given up: a turn may have ended.</summary>
    public void OnSettled()
    {
        Waiters.Answer(_committer.IsOpen, _committer.EndOf);
        HandOver.TellQuiet();
    }

    /// <summary>The session leaves memory with it.</summary>
    public void Refuse(Unavailable refusal)
    {
        Closer.Refuse(refusal);
        Waiters.AnswerAll(new TurnLost());
    }
}
