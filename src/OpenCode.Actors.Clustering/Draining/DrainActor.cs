using Akka.Actor;
using Akka.Event;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Index;
using OpenCode.Actors.Sessions.Region;
using OpenCode.Actors.Sessions.Setup;

namespace OpenCode.Actors.Clustering.Draining;

/// <summary>
/// Ends the turns that run on this node before its sessions are handed over: each may go on for a while, then it is closed as aborted (rule "Running turns are not moved"). Turns that wait for their
/// user, and those that have not begun, are not waited for: they move.
/// </summary>
/// <remarks>Sessions without a turn are left alone: they take commands until their hand-off, and what these begin is held for the next owner.</remarks>
internal sealed partial class DrainActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan _lookAgain = TimeSpan.FromMilliseconds(50);

    private readonly DrainSetup _setup;
    private readonly ILogger _logger;
    private readonly HashSet<SessionId> _asked = [];
    private readonly HashSet<SessionId> _quiet = [];
    private readonly HashSet<SessionId> _closing = [];
    private List<SessionId> _open = [];
    private IActorRef _asker = ActorRefs.Nobody;
    private bool _isWindowOver;

    public DrainActor(DrainSetup setup)
    {
        (_setup, _logger) = (setup, setup.Loggers.CreateLogger<DrainActor>());

        Receive<Drain>(_ => OnDrain());
        Receive<LookAgain>(_ => Look());
        Receive<WindowOver>(_ => OnWindowOver());
        Receive<IndexQuery.Statuses>(OnStatuses);
        Receive<Quiet>(OnQuiet);
        Receive<Unavailable>(_ => LookSoon()); // Of the index.

        // Answers to Quiesce. The drain goes by Quiet, which also comes when the disk is full.
        Receive<Quiesced>(static _ => { });
        Receive<StorageFull>(static _ => { });
    }

    /// <summary>Begins. Answered by <see cref="Drained"/> once no turn runs in a session of this node.</summary>
    public sealed record Drain;

    /// <summary>No turn runs here, and none begins.</summary>
    public sealed record Drained : IDeadLetterSuppression;

    private sealed record LookAgain;

    private sealed record WindowOver;

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    public static Props PropsFor(DrainSetup setup) => Props.Create(() => new DrainActor(setup));

    private void OnDrain()
    {
        _asker = Sender;
        _setup.Drain.Begin();
        Timers.StartSingleTimer(nameof(WindowOver), new WindowOver(), _setup.Window);
        Look();
    }

    private void Look() => _setup.Index.Tell(SessionsWithTurns.Query);

    private void OnStatuses(IndexQuery.Statuses message)
    {
        _open = [.. SessionsWithTurns.In(message).Where(_setup.IsHere)];
        var running = _open.FindAll(id => !_quiet.Contains(id));
        if (running.Count == 0)
        {
            End();
            return;
        }

        foreach (var id in running)
        {
            if (_asked.Add(id))
                _setup.Region.Tell(new Deliver(id, new AwaitQuiet()));
        }

        if (_isWindowOver)
            Close(running);
        LookSoon();
    }

    private void LookSoon() => Timers.StartSingleTimer(nameof(LookAgain), new LookAgain(), _lookAgain);

    // Sessions may have opened turns since the last look at the index.
    private void OnQuiet(Quiet message)
    {
        if (_quiet.Add(message.SessionId) && _open.TrueForAll(_quiet.Contains))
            Look();
    }

    private void OnWindowOver()
    {
        _isWindowOver = true;
        _asked.Clear(); // Once more, in case a question was lost.
        Look();
    }

    private void Close(List<SessionId> running)
    {
        var late = running.FindAll(_closing.Add);
        if (late.Count == 0)
            return;

        LogClosing(_logger, late.Count);
        foreach (var id in late)
            _setup.Region.Tell(new Deliver(id, new Quiesce()));
    }

    private void End()
    {
        Timers.CancelAll();
        _asker.Tell(new Drained());
        _asker = ActorRefs.Nobody;
    }

    [LoggerMessage(EventId = 7030, Level = LogLevel.Information, Message = "{Turns} turns still run at the end of their window; they are closed as aborted.")]
    private static partial void LogClosing(ILogger logger, int turns);
}

/// <summary>What the drain needs.</summary>
/// <param name="Region">Akka's shard region.</param>
/// <param name="Index">Knows the open turns.</param>
/// <param name="IsHere">Whether a session runs on this node.</param>
/// <param name="Drain">Tells the sessions of this node.</param>
/// <param name="Window">How long a turn may go on.</param>
/// <param name="Loggers">Makes the log.</param>
internal sealed record DrainSetup(IActorRef Region, IActorRef Index, Func<SessionId, bool> IsHere, NodeDrain Drain, TimeSpan Window, ILoggerFactory Loggers);
