using Microsoft.Extensions.Logging;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Streams.Frames;
using OpenCode.Actors.Streams.Log;

namespace OpenCode.Actors.Streams.Subscribers;

/// <summary>All open streams: lets clients in, and knows which streams a location has.</summary>
internal sealed partial class SubscribersActor(
    EventLog log, IActorRef logActor, EventStreamOptions options, EventStreamMetrics metrics, ILoggerFactory loggers) : Actor
{
    private readonly ILogger<SubscribersActor> _logger = loggers.CreateLogger<SubscribersActor>();
    private readonly ILogger<SubscriberActor> _subscriberLogger = loggers.CreateLogger<SubscriberActor>();
    private readonly Dictionary<IActorRef, StreamRequest> _streams = [];
    private readonly Dictionary<IActorRef, string?> _barriers = [];
    private readonly List<LostStream> _lost = [];
    private StreamEvents? _events;

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

    private void OnTerminated(IActorRef child)
    {
        _barriers.Remove(child);
        _streams.Remove(child);
        ReportDrained();
    }

    [LoggerMessage(EventId = 2004, Level = LogLevel.Warning,
        Message = "A stream was turned away: {Limit} are open. Raise server.limits.streams, or find out who opens them.")]
    private static partial void LogTooManyStreams(ILogger logger, int limit);
}
