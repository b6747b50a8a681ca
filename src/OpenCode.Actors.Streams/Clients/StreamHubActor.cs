using Akka.Actor;
using Akka.Event;
using Microsoft.Extensions.Logging;

namespace OpenCode.Actors.Streams.Clients;

/// <summary>The parent of all clients: admits them, knows the streams of each location, and ends the request of each, whatever ends its actor.</summary>
internal sealed partial class StreamHubActor : ReceiveActor, IWithTimers
{
    private const string StopReason = "The server stops.";

    // Of the 5 s of a shutdown.
    private static readonly TimeSpan _lastWords = TimeSpan.FromSeconds(1);

    // However many streams there are, they are looked at no more often.
    private static readonly TimeSpan _sweepStep = TimeSpan.FromMilliseconds(250);

    private readonly SseClientSetup _setup;
    private readonly SseStream _stream;
    private readonly ILogger _logger;
    private readonly TimeSpan _sweepInterval;
    private readonly Dictionary<IActorRef, SseConnection> _streams = [];
    private readonly FlushBarriers _barriers;
    private IActorRef? _drainer;
    private bool _isResetting;

    public StreamHubActor(SseClientSetup setup)
    {
        _setup = setup;
        _logger = setup.Loggers.CreateLogger<StreamHubActor>();
        _barriers = new FlushBarriers(Context, setup);
        _sweepInterval = setup.Options.Heartbeat < setup.Options.WriteTimeout ? setup.Options.Heartbeat : setup.Options.WriteTimeout;
        _stream = new SseStream(Context, setup);
        Context.Watch(_stream.Supervisor);

        Receive<Connect>(OnConnect);
        Receive<WaitFlushed>(OnWaitFlushed);
        Receive<DisposeLocation>(OnDisposeLocation);
        Receive<ResetStreams>(OnResetStreams);
        Receive<Sweep>(_ => OnSweep());
        Receive<Drain>(_ => OnDrain());
        Receive<Flushed>(_ => ResetAll());
        Receive<ShuttingDown>(_ => ResetAll()); // From the barrier of the drain, if it has failed.
        Receive<LastWordsOver>(_ => ResetAll());
        Receive<Terminated>(OnTerminated);
    }

    /// <summary>Opens a stream. Answered by <see cref="Connected"/>, <see cref="TooManyStreams"/> or <see cref="ShuttingDown"/>.</summary>
    /// <param name="Request">What is wanted, and where it goes.</param>
    public sealed record Connect(StreamRequest Request);

    /// <summary>The stream is open; its first frames may be written already.</summary>
    /// <param name="Client">Takes <see cref="SseClientActor.Disconnect"/> when the client disconnects.</param>
    public sealed record Connected(IActorRef Client);

    /// <summary>The limit is reached. The client may reconnect.</summary>
    /// <param name="Limit">How many streams may be open.</param>
    public sealed record TooManyStreams(int Limit);

    /// <summary>The server stops. The client may reconnect.</summary>
    public sealed record ShuttingDown : IDeadLetterSuppression;

    /// <summary>
    /// Waits until the streams of a location have sent what was committed. Answered by <see cref="Flushed"/>, within 5 s; by <see cref="ShuttingDown"/> when the streams
    /// are being reset, and when the actors end.
    /// </summary>
    /// <param name="Location">The location; null for every stream.</param>
    /// <param name="Offset">The last offset they must have sent.</param>
    public sealed record WaitFlushed(string? Location, long Offset);

    /// <summary>All streams of the location that move on have sent what was asked for.</summary>
    /// <param name="Location">The location.</param>
    /// <param name="Offset">The offset.</param>
    public sealed record Flushed(string? Location, long Offset) : IDeadLetterSuppression;

    /// <summary>Ends the <c>/event</c> streams of a location cleanly, after they had all up to an offset. Wrapped streams stay open.</summary>
    /// <param name="Location">The location.</param>
    /// <param name="Offset">The offset of <c>server.instance.disposed</c>.</param>
    public sealed record DisposeLocation(string Location, long Offset);

    /// <summary>
    /// Lets no client in any more, and resets every stream once those that move on had what is committed, within 1 s: the end of the turns that the stop has closed. Answered by
    /// <see cref="Drained"/> when all have ended.
    /// </summary>
    public sealed record Drain;

    /// <summary>No stream is open.</summary>
    public sealed record Drained : IDeadLetterSuppression;

    /// <summary>Resets the streams that are open now, and goes on.</summary>
    /// <param name="Reason">Why, a sentence for the log.</param>
    public sealed record ResetStreams(string Reason) : IDeadLetterSuppression;

    private sealed record LastWordsOver;

    private sealed record Sweep;

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props PropsFor(SseClientSetup setup) => Props.Create(() => new StreamHubActor(setup));

    // A failed client has lost its place in its stream and reconnects with its cursor. Its end is logged once, where it is known (event 2002), so Akka logs nothing.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(
        maxNrOfRetries: -1,
        withinTimeMilliseconds: -1,
        cause =>
        {
            if (_streams.TryGetValue(Sender, out var connection))
                connection.Fault = cause is ActorInitializationException { InnerException: { } inner } ? inner : cause;
            else
                LogChildFailed(_logger, cause, Sender.Path);
            return Directive.Stop;
        },
        loggingEnabled: false);

    protected override void PostStop()
    {
        // Its children end with the hub, or before; but an actor that failed in its start has not ended the request of its client.
        foreach (var connection in _streams.Values)
            EndIfOpen(connection, "The parent of the streams was stopped.");
    }

    // Whatever ended the client's actor: its request ends, and its stream.
    private static void EndIfOpen(SseConnection connection, string detail)
    {
        if (connection.TryEnd(new StreamEnd(StreamEndReason.Broken, connection.Fault?.Message ?? detail)))
            connection.Signal(new LogSource.Stop());
    }

    private void OnConnect(Connect message)
    {
        if (_drainer is not null)
        {
            Sender.Tell(new ShuttingDown());
            return;
        }

        if (_streams.Count >= _setup.Options.MaxStreams)
        {
            LogTooManyStreams(_logger, _setup.Options.MaxStreams);
            Sender.Tell(new TooManyStreams(_setup.Options.MaxStreams));
            return;
        }

        var request = message.Request;
        var connection = new SseConnection(request, _setup);
        var client = Context.Watch(Context.ActorOf(SseClientActor.PropsFor(connection, _stream, _setup)));
        _streams.Add(client, connection);
        _setup.Metrics.StreamConnected();
        Sender.Tell(new Connected(client));
        if (!Timers.IsTimerActive(nameof(Sweep)))
            ArmSweep(_sweepInterval);
        _barriers.OnConnected(client, request);
    }

    private void OnTerminated(Terminated message)
    {
        var child = message.ActorRef;
        if (child.Equals(_stream.Supervisor))
            throw new InvalidOperationException("The streams have lost their supervisor: no client could be admitted.");

        _barriers.Remove(child);
        if (!_streams.Remove(child, out var connection))
            return;

        EndIfOpen(connection, "The client's actor did not start.");
        _barriers.OnEnded(child, connection, isDraining: _drainer is not null);
        if (_drainer is not null && _streams.Count == 0)
            _drainer.Tell(new Drained());
    }

    // One timer for all. No deadline is missed between two looks: none is shorter than the interval.
    private void OnSweep()
    {
        var next = _sweepInterval;
        foreach (var (client, connection) in _streams)
        {
            var left = connection.Progress.TimeLeft(_setup.Options);
            if (left <= TimeSpan.Zero)
                client.Tell(new SseClientActor.Tick());
            else if (left < next)
                next = left;
        }

        if (_streams.Count > 0)
            ArmSweep(next > _sweepStep ? next : _sweepStep);
    }

    private void ArmSweep(TimeSpan delay) =>
        Timers.StartSingleTimer(nameof(Sweep), new Sweep(), TimeSpan.FromMilliseconds(Math.Ceiling(delay.TotalMilliseconds)));

    private void OnWaitFlushed(WaitFlushed message)
    {
        if (_isResetting)
            Sender.Tell(new ShuttingDown());
        else
            _barriers.Begin(message, Sender, _streams);
    }

    private void OnDisposeLocation(DisposeLocation message)
    {
        foreach (var (client, connection) in _streams)
        {
            if (connection.Request.Kind == StreamKind.Bare && connection.Request.Location == message.Location)
                client.Tell(new SseClientActor.EndAfter(message.Offset));
        }
    }

    private void OnDrain()
    {
        _drainer = Sender;
        LogResetting(_logger, _streams.Count, StopReason);
        _barriers.ForgetLost();
        if (_streams.Count == 0)
        {
            Sender.Tell(new Drained());
            return;
        }

        Timers.StartSingleTimer(nameof(LastWordsOver), new LastWordsOver(), _lastWords);
        _barriers.Begin(new WaitFlushed(Location: null, _setup.Log.Journal.Head), Self, _streams);
    }

    private void ResetAll()
    {
        if (_isResetting)
            return;

        _isResetting = true;
        Timers.Cancel(nameof(LastWordsOver));
        Reset(new StreamEnd(StreamEndReason.Drained, StopReason));
    }

    private void OnResetStreams(ResetStreams message)
    {
        if (_drainer is not null || _streams.Count == 0)
            return;

        LogResetting(_logger, _streams.Count, message.Reason);
        Reset(new StreamEnd(StreamEndReason.Suspended, message.Reason));
    }

    private void Reset(StreamEnd end)
    {
        var reset = new SseClientActor.Reset(end);
        foreach (var client in _streams.Keys)
            client.Tell(reset);
    }
}
