using Akka.Actor;
using Akka.Event;
using OpenCode.Actors.Streams.Log;

namespace OpenCode.Actors.Streams.Clients;

/// <summary>
/// One wait of an endpoint for the streams of a location (rule "Order barrier"): at most 5 s in all, not for a stream that took nothing for 250 ms, and a little for one that was cut
/// a moment ago.
/// </summary>
internal sealed class FlushBarrierActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _stuckLimit = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan _lookAgain = TimeSpan.FromMilliseconds(50);

    // A client that this server reset reconnects, if only after a doubled reconnection time. One that disconnected may have been cut by the network, and then is back after
    // its first reconnection time (300 ms); more often it has closed its stream, and a POST should not wait long for that.
    private static readonly TimeSpan _resetComesBack = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _cutComesBack = TimeSpan.FromMilliseconds(600);

    private readonly StreamHubActor.WaitFlushed _wait;
    private readonly IActorRef _asker;
    private readonly IActorRef _logActor;
    private readonly IReadOnlyList<TimeSpan> _lost;
    private readonly TimeSpan _headStart;
    private readonly SseClientActor.ReportFlushed _question;
    private readonly HashSet<IActorRef> _pending;
    private readonly HashSet<int> _awaited = [];
    private int _keys;
    private bool _reached;
    private bool _isOwedHeadStart;
    private bool _hasAnswered;

    public FlushBarrierActor(
        StreamHubActor.WaitFlushed wait, IActorRef asker, IActorRef logActor, IReadOnlyCollection<IActorRef> behind, bool hasFlushed, IReadOnlyList<TimeSpan> lost, TimeSpan headStart)
    {
        _wait = wait;
        _question = new SseClientActor.ReportFlushed(wait.Offset);
        _asker = asker;
        _logActor = logActor;
        _lost = lost;
        _headStart = headStart;
        _pending = [.. behind];
        _isOwedHeadStart = hasFlushed && headStart > TimeSpan.Zero;

        Receive<LogTailActor.Reached>(_ => OnReached());
        Receive<SseClientActor.FlushReported>(OnFlushReported);
        Receive<LookAgain>(_ => AskAll());
        Receive<CameBack>(OnCameBack);
        Receive<Lost>(OnLost);
        Receive<NoneComesBack>(_ => OnNoneComesBack());
        Receive<GiveUpOne>(OnGiveUpOne);
        Receive<HeadStartOver>(_ => OnHeadStartOver());
        Receive<GiveUp>(_ => OnGiveUp());
    }

    /// <summary>A stream of the location was opened.</summary>
    /// <param name="Client">It counts from now on.</param>
    public sealed record CameBack(IActorRef Client) : IDeadLetterSuppression;

    /// <summary>A stream of the location ended.</summary>
    /// <param name="Client">It counts no more.</param>
    /// <param name="AwaitedFor">How long its client may need to reconnect; zero if it will not.</param>
    public sealed record Lost(IActorRef Client, TimeSpan AwaitedFor) : IDeadLetterSuppression;

    /// <summary>The server stops: the clients that were lost do not reconnect.</summary>
    public sealed record NoneComesBack : IDeadLetterSuppression;

    private sealed record LookAgain;

    private sealed record HeadStartOver;

    private sealed record GiveUpOne(int Key);

    private sealed record GiveUp;

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Makes a barrier.</summary>
    /// <param name="wait">What is waited for.</param>
    /// <param name="asker">It is answered.</param>
    /// <param name="logActor">It tells when the ring has reached the offset.</param>
    /// <param name="behind">The clients that are asked: they are not known to have all up to the offset.</param>
    /// <param name="hasFlushed">Whether other clients have.</param>
    /// <param name="lost">How long each client that was lost is awaited.</param>
    /// <param name="headStart">How long the answer is held back behind the streams.</param>
    public static Props PropsFor(
        StreamHubActor.WaitFlushed wait, IActorRef asker, IActorRef logActor, IReadOnlyCollection<IActorRef> behind, bool hasFlushed, IReadOnlyList<TimeSpan> lost, TimeSpan headStart) =>
        Props.CreateBy(new ActorProducer<FlushBarrierActor>(() => new FlushBarrierActor(wait, asker, logActor, behind, hasFlushed, lost, headStart)));

    /// <summary>For how long the client of a stream that ended so is waited for.</summary>
    public static TimeSpan ComesBackWithin(StreamEndReason reason) => reason switch
    {
        StreamEndReason.Disposed or StreamEndReason.Deleted or StreamEndReason.Drained or StreamEndReason.Suspended => TimeSpan.Zero,
        StreamEndReason.Disconnected => _cutComesBack,
        _ => _resetComesBack,
    };

    protected override void PreStart()
    {
        Timers.StartSingleTimer(nameof(GiveUp), new GiveUp(), _limit);
        foreach (var awaitedFor in _lost)
            Await(awaitedFor);

        // The tail first: what it has not reached, no stream can have, and none would say that it is slow.
        _logActor.Tell(new LogTailActor.ReportAt(_wait.Offset));
    }

    // The system may end during a wait: without an answer the endpoint would wait for its own timeout.
    protected override void PostStop()
    {
        if (!_hasAnswered)
            _asker.Tell(new StreamHubActor.ShuttingDown(), ActorRefs.NoSender);
    }

    private void OnReached()
    {
        _reached = true;
        Timers.StartPeriodicTimer(nameof(LookAgain), new LookAgain(), _lookAgain);
        AskAll();
        AnswerIfDone();
    }

    private void OnFlushReported(SseClientActor.FlushReported message)
    {
        _isOwedHeadStart |= _headStart > TimeSpan.Zero && message.Flushed && _pending.Contains(Sender);
        if (message.Flushed || message.Stuck >= _stuckLimit)
            _pending.Remove(Sender);
        AnswerIfDone();
    }

    private void OnCameBack(CameBack message)
    {
        if (_awaited.Count > 0)
        {
            var key = _awaited.Min();
            Timers.Cancel(key);
            _awaited.Remove(key);
        }

        _pending.Add(message.Client);
        if (_reached)
            message.Client.Tell(_question);
    }

    private void OnLost(Lost message)
    {
        _pending.Remove(message.Client);
        if (message.AwaitedFor > TimeSpan.Zero)
            Await(message.AwaitedFor);
        AnswerIfDone();
    }

    private void OnNoneComesBack()
    {
        foreach (var key in _awaited)
            Timers.Cancel(key);
        _awaited.Clear();
        AnswerIfDone();
    }

    private void OnGiveUpOne(GiveUpOne message)
    {
        _awaited.Remove(message.Key);
        AnswerIfDone();
    }

    private void OnHeadStartOver()
    {
        _isOwedHeadStart = false;
        AnswerIfDone();
    }

    private void OnGiveUp()
    {
        _pending.Clear();
        _awaited.Clear();
        _reached = true;
        AnswerIfDone();
    }

    private void Await(TimeSpan awaitedFor)
    {
        var key = _keys++;
        _awaited.Add(key);
        Timers.StartSingleTimer(key, new GiveUpOne(key), awaitedFor);
    }

    private void AskAll()
    {
        foreach (var client in _pending)
            client.Tell(_question);
    }

    private void AnswerIfDone()
    {
        if (!_reached || _pending.Count > 0 || _awaited.Count > 0)
            return;

        if (_isOwedHeadStart)
        {
            if (!Timers.IsTimerActive(nameof(HeadStartOver)))
                Timers.StartSingleTimer(nameof(HeadStartOver), new HeadStartOver(), _headStart);
            return;
        }

        _hasAnswered = true;
        _asker.Tell(new StreamHubActor.Flushed(_wait.Location, _wait.Offset), Context.Parent);
        Context.Stop(Self);
    }
}
