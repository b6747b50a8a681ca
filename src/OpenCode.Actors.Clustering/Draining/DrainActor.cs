using Akka.Actor;
using Akka.Event;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions;
using OpenCode.Actors.Sessions.Index;
using OpenCode.Actors.Sessions.Region;

namespace OpenCode.Actors.Clustering.Draining;

/// <summary>Ends the turns of this node before its sessions are handed over: each may go on for a while, then it is closed as aborted (RULES G2).</summary>
/// <remarks>Sessions without a turn are left alone: they take commands until their hand-off.</remarks>
internal sealed partial class DrainActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan _lookAgain = TimeSpan.FromMilliseconds(50);

    private readonly DrainSetup _setup;
    private readonly ILogger _logger;
    private readonly HashSet<SessionId> _closing = [];
    private IActorRef _asker = ActorRefs.Nobody;
    private bool _isWindowOver;

    public DrainActor(DrainSetup setup)
    {
        (_setup, _logger) = (setup, setup.Loggers.CreateLogger<DrainActor>());

        Receive<Drain>(_ => OnDrain());
        Receive<LookAgain>(_ => Look());
        Receive<WindowOver>(_ => OnWindowOver());
        Receive<SessionIndexActor.Statuses>(OnStatuses);
        Receive<SessionActor.Quiesced>(_ => OnQuiet());
        Receive<Unavailable>(_ => OnUnavailable());
        Receive<StorageFull>(_ => OnQuiet()); // It cannot write the end of its turn; the next owner closes it.
    }

    /// <summary>Begins. Answered by <see cref="Drained"/> once no turn is open in a session of this node.</summary>
    public sealed record Drain
    {
        public static Drain Instance { get; } = new();
    }

    /// <summary>No turn is open here.</summary>
    public sealed record Drained : IDeadLetterSuppression
    {
        public static Drained Instance { get; } = new();
    }

    private sealed record LookAgain
    {
        public static LookAgain Instance { get; } = new();
    }

    private sealed record WindowOver
    {
        public static WindowOver Instance { get; } = new();
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    public static Props PropsFor(DrainSetup setup) => Props.Create(() => new DrainActor(setup));

    private void OnDrain()
    {
        _asker = Sender;
        Timers.StartSingleTimer(nameof(WindowOver), WindowOver.Instance, _setup.Window);
        Look();
    }

    private void Look() => _setup.Index.Tell(SessionsWithTurns.Query);

    private void OnStatuses(SessionIndexActor.Statuses message)
    {
        var open = SessionsWithTurns.In(message).Where(_setup.IsHere).ToList();
        if (open.Count == 0)
            End();
        else if (_isWindowOver)
            Close(open);
        else
            Timers.StartSingleTimer(nameof(LookAgain), LookAgain.Instance, _lookAgain);
    }

    private void OnWindowOver()
    {
        _isWindowOver = true;
        Timers.Cancel(nameof(LookAgain));
        Look();
    }

    private void Close(List<SessionId> open)
    {
        LogClosing(_logger, open.Count);
        foreach (var id in open)
        {
            if (_closing.Add(id))
                _setup.Region.Tell(new Deliver(id, new SessionActor.Quiesce()));
        }
    }

    // The log tells the index about the ends of the turns: that is what counts.
    private void OnQuiet() => Look();

    private void OnUnavailable() => Timers.StartSingleTimer(nameof(LookAgain), LookAgain.Instance, _lookAgain);

    private void End()
    {
        Timers.CancelAll();
        _asker.Tell(Drained.Instance);
        _asker = ActorRefs.Nobody;
    }

    [LoggerMessage(EventId = 7030, Level = LogLevel.Information, Message = "{Turns} turns still run at the end of their window; they are closed as aborted.")]
    private static partial void LogClosing(ILogger logger, int turns);
}

/// <summary>What the drain needs.</summary>
/// <param name="Region">Akka's shard region.</param>
/// <param name="Index">Knows the open turns.</param>
/// <param name="IsHere">Whether a session runs on this node.</param>
/// <param name="Window">How long a turn may go on.</param>
/// <param name="Loggers">Makes the log.</param>
internal sealed record DrainSetup(IActorRef Region, IActorRef Index, Func<SessionId, bool> IsHere, TimeSpan Window, ILoggerFactory Loggers);
