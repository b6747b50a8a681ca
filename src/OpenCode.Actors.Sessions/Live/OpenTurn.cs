using Akka.Actor;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Setup;

namespace OpenCode.Actors.Sessions.Live;

/// <summary>The open turn of a session: its run, its close and its hand-over.</summary>
internal sealed class OpenTurn
{
    private readonly Committer _committer;

    public OpenTurn(
        SessionId id, SessionSetup setup, Committer committer, PutOffCommands putOff, IActorContext context, Func<ITimerScheduler> timers, ILogger logger)
    {
        _committer = committer;
        Run = new RunHandle(setup, context);
        Closer = new TurnCloser(committer, Run, setup, putOff, timers);
        HandOver = new TurnHandOver(id, setup, committer, Run, Closer, timers);
        Title = new SessionTitle(committer, context);
        Driver = new TurnDriver(id, setup, committer, Run, Closer, HandOver, Title, logger);
    }

    /// <summary>Gets the run.</summary>
    public RunHandle Run { get; }

    /// <summary>Gets what closes a turn before its end.</summary>
    public TurnCloser Closer { get; }

    /// <summary>Gets what is done with a turn when the server stops or the shard moves.</summary>
    public TurnHandOver HandOver { get; }

    /// <summary>Gets the call for the session's title.</summary>
    public SessionTitle Title { get; }

    /// <summary>Gets what takes a turn on.</summary>
    public TurnDriver Driver { get; }

    /// <summary>Gets a value indicating whether no turn is open.</summary>
    public bool IsIdle => _committer.State.Turn is null && !Closer.IsClosing;
}
