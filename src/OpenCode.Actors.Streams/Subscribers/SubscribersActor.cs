using Microsoft.Extensions.Logging;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Streams.Frames;
using OpenCode.Actors.Streams.Log;

namespace OpenCode.Actors.Streams.Subscribers;

/// <summary>All open streams: lets clients in, and knows which streams a location has.</summary>
internal sealed partial class SubscribersActor(
    EventLog log, IActorRef logActor, EventStreamOptions options, EventStreamMetrics metrics, ILoggerFactory loggers) : Actor
{
    // Of the 5 s of a shutdown.
    private static readonly TimeSpan _lastWords = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _resetStep = TimeSpan.FromMilliseconds(50);

    private readonly ILogger<SubscribersActor> _logger = loggers.CreateLogger<SubscribersActor>();
    private readonly ILogger<SubscriberActor> _subscriberLogger = loggers.CreateLogger<SubscriberActor>();
    private readonly Dictionary<IActorRef, StreamRequest> _streams = [];
    private readonly Dictionary<IActorRef, string?> _barriers = [];
    private readonly List<LostStream> _lost = [];
    private StreamEvents? _events;
    private IActorRef? _drainer;
    private bool _isResetting;
    private Queue<IActorRef> _toReset = new();
    private int _resetsPerStep;

    /// <summary>Opens a stream. Answered by <see cref="Connected"/>, <see cref="TooManyStreams"/> or <see cref="ShuttingDown"/>.</summary>
    /// <param name="Request">What is wanted, and where it goes.</param>
    public sealed record Connect(StreamRequest Request);

    /// <summary>The stream is open; its first frames may be written already.</summary>
    /// <param name="Subscriber">To be told <see cref="SubscriberActor.Disconnect"/> when the client goes.</param>
    public sealed record Connected(IActorRef Subscriber);

    /// <summary>The limit is reached. The client may come back (RULES D4).</summary>
    /// <param name="Limit">How many streams may be open.</param>
    public sealed record TooManyStreams(int Limit);

    /// <summary>The server stops. The client may come back (RULES D4).</summary>
    public sealed record ShuttingDown
    {
        public static ShuttingDown Instance { get; } = new();
    }

    /// <summary>
    /// Waits until the streams of a location have sent what was committed (RULES D1). Answered by <see cref="Flushed"/>, within 5 s; by <see cref="ShuttingDown"/> when their
    /// clients are on their way to another server.
    /// </summary>
    /// <param name="Location">The location; null for every stream.</param>
    /// <param name="Offset">The last offset they must have sent.</param>
    public sealed record WaitFlushed(string? Location, long Offset);

    /// <summary>All streams of the location that move on have sent what was asked for.</summary>
    /// <param name="Location">The location.</param>
    /// <param name="Offset">The offset.</param>
    public sealed record Flushed(string? Location, long Offset) : IDeadLetterNoise;

    /// <summary>Ends the <c>/event</c> streams of a location cleanly, after they had all up to an offset. Wrapped streams stay open.</summary>
    /// <param name="Location">The location.</param>
    /// <param name="Offset">The offset of <c>server.instance.disposed</c>.</param>
    public sealed record DisposeLocation(string Location, long Offset);

    /// <summary>
    /// Lets nobody in any more, and resets every stream once those that move on had what is committed, within 1 s: the end of the turns that the stop has closed. Answered by
    /// <see cref="Drained"/> when all have ended.
    /// </summary>
    /// <remarks>Spread over <see cref="EventStreamOptions.DrainMs"/>.</remarks>
    public sealed record Drain
    {
        public static Drain Instance { get; } = new();
    }

    /// <summary>Resets every stream there is, so that clients go elsewhere; whoever comes afterwards is let in.</summary>
    /// <param name="Why">For the log.</param>
    public sealed record ResetStreams(string Why);

    /// <summary>No stream is open.</summary>
    public sealed record Drained : IDeadLetterNoise
    {
        public static Drained Instance { get; } = new();
    }

    /// <summary>A subscriber says how its stream ended.</summary>
    /// <param name="Subscriber">Which.</param>
    /// <param name="End">How.</param>
    internal sealed record Ended(IActorRef Subscriber, StreamEnd End) : IDeadLetterNoise;

    private sealed record ResetAll
    {
        public static ResetAll Instance { get; } = new();
    }

    private sealed record ResetMore
    {
        public static ResetMore Instance { get; } = new();
    }

    private sealed record LostStream(string? Location, long AwaitedUntil);

    public static Props PropsFor(EventLog log, IActorRef logActor, EventStreamOptions options, EventStreamMetrics metrics, ILoggerFactory loggers) =>
        Props.Create(() => new SubscribersActor(log, logActor, options, metrics, loggers))
            .WithMailbox(MailboxOptions.Bounded(Math.Max(1_000, options.MaxStreams * 4)));

    // A failed subscriber has lost its place in its client's stream; the client comes back with its cursor.
    protected override SupervisorStrategy SupervisorStrategy => SupervisorStrategy.Stopping;

    protected override ValueTask PreStartAsync()
    {
        _events = new StreamEvents(new IdFactory(Context.Time, Context.Entropy.Fill));
        return ValueTask.CompletedTask;
    }

    protected override ValueTask ReceiveAsync(object message)
    {
        switch (message)
        {
            case Connect m:
                OnConnect(m.Request);
                break;
            case Ended m:
                OnEnded(m);
                break;
            case WaitFlushed m:
                OnWaitFlushed(m);
                break;
            case DisposeLocation m:
                OnDisposeLocation(m);
                break;
            case ResetStreams m:
                Reset(m.Why);
                break;
            case Drain:
                OnDrain();
                break;
            case ResetMore:
                ResetSome();
                break;
            case Flushed or ResetAll:
                OnResetAll();
                break;
            case Terminated m:
                OnTerminated(m.Actor);
                break;
            default:
                return Unhandled(message);
        }

        return ValueTask.CompletedTask;
    }

    private static bool Selects(string? location, StreamRequest stream) =>
        location is null || stream.Kind == StreamKind.Wrapped || stream.Location == location;

    private void OnConnect(StreamRequest request)
    {
        if (_drainer is not null)
        {
            Sender.Tell(ShuttingDown.Instance, Self);
            return;
        }

        if (_streams.Count >= options.MaxStreams)
        {
            LogTooManyStreams(_logger, options.MaxStreams);
            Sender.Tell(new TooManyStreams(options.MaxStreams), Self);
            return;
        }

        var subscriber = Context.ActorOf(SubscriberActor.PropsFor(request, log, logActor, _events!, options, metrics, _subscriberLogger));
        Context.Watch(subscriber);
        _streams.Add(subscriber, request);
        Sender.Tell(new Connected(subscriber), Self);

        var index = request.Kind == StreamKind.Wrapped ? -1 : _lost.FindIndex(lost => lost.Location == request.Location);
        if (index >= 0)
            _lost.RemoveAt(index);
        foreach (var (barrier, location) in _barriers)
        {
            if (request.Kind != StreamKind.Wrapped && Selects(location, request))
                barrier.Tell(new FlushBarrierActor.CameBack(subscriber), Self);
        }
    }

    private void OnEnded(Ended message)
    {
        if (!_streams.TryGetValue(message.Subscriber, out var request))
            return;

        // Nobody leaves when a POST is answered who listens to the whole server, and nobody comes back while it stops.
        var awaitedFor = request.Kind == StreamKind.Wrapped || _drainer is not null ? TimeSpan.Zero : FlushBarrierActor.ComesBackWithin(message.End.Reason);
        if (awaitedFor > TimeSpan.Zero)
        {
            var now = Context.Time.GetTimestamp();
            _lost.RemoveAll(lost => lost.AwaitedUntil <= now);
            _lost.Add(new LostStream(request.Location, now + (long)(awaitedFor.TotalSeconds * Context.Time.TimestampFrequency)));
        }

        foreach (var (barrier, location) in _barriers)
        {
            if (Selects(location, request))
                barrier.Tell(new FlushBarrierActor.Lost(message.Subscriber, awaitedFor), Self);
        }
    }

    private void OnWaitFlushed(WaitFlushed message)
    {
        if (_isResetting)
        {
            Sender.Tell(ShuttingDown.Instance, Self);
            return;
        }

        var streams = new List<IActorRef>();
        foreach (var (subscriber, request) in _streams)
        {
            if (Selects(message.Location, request))
                streams.Add(subscriber);
        }

        var now = Context.Time.GetTimestamp();
        var lost = new List<TimeSpan>();
        foreach (var stream in _lost)
        {
            if (stream.AwaitedUntil > now && (message.Location is null || stream.Location == message.Location))
                lost.Add(Context.Time.GetElapsedTime(now, stream.AwaitedUntil));
        }

        if (streams.Count == 0 && lost.Count == 0)
        {
            Sender.Tell(new Flushed(message.Location, message.Offset), Self);
            return;
        }

        StartBarrier(message, Sender, streams, lost);
    }

    private void StartBarrier(WaitFlushed wait, IActorRef asker, IReadOnlyCollection<IActorRef> streams, IReadOnlyList<TimeSpan> lost)
    {
        var barrier = Context.ActorOf(FlushBarrierActor.PropsFor(wait, asker, logActor, streams, lost, options.HeadStart));
        Context.Watch(barrier);
        _barriers.Add(barrier, wait.Location);
    }

    private void OnDisposeLocation(DisposeLocation message)
    {
        foreach (var (subscriber, request) in _streams)
        {
            if (request.Kind == StreamKind.Bare && request.Location == message.Location)
                subscriber.Tell(new SubscriberActor.EndAfter(message.Offset), Self);
        }
    }

    private void OnDrain()
    {
        _drainer = Sender;
        LogDraining(_logger, _streams.Count);
        if (_streams.Count > 0)
        {
            Context.Timers.StartSingle(nameof(ResetAll), ResetAll.Instance, _lastWords);
            StartBarrier(new WaitFlushed(Location: null, log.Journal.Head), Self, [.. _streams.Keys], []);
        }

        ReportDrained();
    }

    private void OnResetAll()
    {
        if (_isResetting)
            return;

        _isResetting = true;
        Context.Timers.Cancel(nameof(ResetAll));
        _toReset = new Queue<IActorRef>(_streams.Keys);
        _resetsPerStep = (int)Math.Ceiling(_toReset.Count / Math.Max(1.0, options.DrainMs / _resetStep.TotalMilliseconds));
        ResetSome();
    }

    private void ResetSome()
    {
        var end = new StreamEnd(StreamEndReason.Drained, "The server stops.");
        for (var i = 0; i < _resetsPerStep && _toReset.TryDequeue(out var subscriber); i++)
            subscriber.Tell(new SubscriberActor.Reset(end), Self);
        if (_toReset.Count > 0)
            Context.Timers.StartSingle(nameof(ResetMore), ResetMore.Instance, _resetStep);
    }

    private void Reset(string why)
    {
        var end = new StreamEnd(StreamEndReason.Drained, why);
        foreach (var subscriber in _streams.Keys)
            subscriber.Tell(new SubscriberActor.Reset(end), Self);
    }

    private void OnTerminated(IActorRef child)
    {
        _barriers.Remove(child);
        _streams.Remove(child);
        ReportDrained();
    }

    private void ReportDrained()
    {
        if (_drainer is not null && _streams.Count == 0)
            _drainer.Tell(Drained.Instance, Self);
    }

    [LoggerMessage(EventId = 2004, Level = LogLevel.Warning,
        Message = "A stream was turned away: {Limit} are open. Raise server.limits.streams, or find out who opens them.")]
    private static partial void LogTooManyStreams(ILogger logger, int limit);

    [LoggerMessage(EventId = 2005, Level = LogLevel.Information, Message = "Resetting {Count} streams: the server stops.")]
    private static partial void LogDraining(ILogger logger, int count);
}
