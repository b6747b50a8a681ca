using OpenCode.Actors.Streams.Log;

namespace OpenCode.Actors.Streams.Subscribers;

/// <summary>
/// One wait of an endpoint for the streams of a location (RULES D1): at most 5 s in all, not for a stream that took nothing for 250 ms, and a little for one that was cut
/// a moment ago.
/// </summary>
internal sealed class FlushBarrierActor(
    SubscribersActor.WaitFlushed wait, IActorRef asker, IActorRef logActor, IReadOnlyCollection<IActorRef> streams, IReadOnlyList<TimeSpan> lost,
    TimeSpan headStart) : Actor
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _stuckLimit = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan _lookAgain = TimeSpan.FromMilliseconds(50);

    // Who was reset by us comes back, if only after a doubled reconnection time. Who went away may have been cut on the way, and then is back after its first
    // reconnection time (300 ms); more often it wanted to go, and a POST should not wait long for that.
    private static readonly TimeSpan _resetComesBack = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _cutComesBack = TimeSpan.FromMilliseconds(600);

    private readonly HashSet<IActorRef> _pending = [.. streams];
    private readonly List<int> _awaited = [];
    private int _keys;
    private bool _reached;
    private bool _isOwedHeadStart;

    /// <summary>A stream of the location was opened.</summary>
    /// <param name="Subscriber">It counts from now on.</param>
    public sealed record CameBack(IActorRef Subscriber) : IDeadLetterNoise;

    /// <summary>A stream of the location ended.</summary>
    /// <param name="Subscriber">It counts no more.</param>
    /// <param name="AwaitedFor">How long its client may need to come back; zero if it will not.</param>
    public sealed record Lost(IActorRef Subscriber, TimeSpan AwaitedFor) : IDeadLetterNoise;

    private sealed record LookAgain
    {
        public static LookAgain Instance { get; } = new();
    }

    private sealed record HeadStartOver
    {
        public static HeadStartOver Instance { get; } = new();
    }

    private sealed record GiveUpOne(int Key);

    private sealed record GiveUp
    {
        public static GiveUp Instance { get; } = new();
    }

    public static Props PropsFor(
        SubscribersActor.WaitFlushed wait, IActorRef asker, IActorRef logActor, IReadOnlyCollection<IActorRef> streams, IReadOnlyList<TimeSpan> lost,
        TimeSpan headStart) =>
        Props.Create(() => new FlushBarrierActor(wait, asker, logActor, streams, lost, headStart)).WithMailbox(MailboxOptions.Unbounded);

    /// <summary>For how long the client of a stream that ended so is waited for.</summary>
    public static TimeSpan ComesBackWithin(StreamEndReason reason) => reason switch
    {
        StreamEndReason.Disposed or StreamEndReason.Drained => TimeSpan.Zero,
        StreamEndReason.Disconnected => _cutComesBack,
        _ => _resetComesBack,
    };

    protected override ValueTask PreStartAsync()
    {
        Context.Timers.StartSingle(nameof(GiveUp), GiveUp.Instance, _limit);
        foreach (var awaitedFor in lost)
            Await(awaitedFor);

        // The tail first: what it has not reached, no stream can have, and none would say that it is slow.
        logActor.Tell(new LogTailActor.ReportAt(wait.Offset), Self);
        return ValueTask.CompletedTask;
    }

    protected override ValueTask ReceiveAsync(object message)
    {
        switch (message)
        {
            case LogTailActor.Reached:
                _reached = true;
                Context.Timers.StartWithFixedDelay(nameof(LookAgain), LookAgain.Instance, _lookAgain);
                AskAll();
                break;
            case SubscriberActor.FlushReported m:
                _isOwedHeadStart |= headStart > TimeSpan.Zero && m.Flushed && _pending.Contains(Sender);
                if (m.Flushed || m.Stuck >= _stuckLimit)
                    _pending.Remove(Sender);
                break;
            case LookAgain:
                AskAll();
                break;
            case CameBack m:
                OnCameBack(m.Subscriber);
                break;
            case Lost m:
                _pending.Remove(m.Subscriber);
                if (m.AwaitedFor > TimeSpan.Zero)
                    Await(m.AwaitedFor);
                break;
            case GiveUpOne m:
                _awaited.Remove(m.Key);
                break;
            case HeadStartOver:
                _isOwedHeadStart = false;
                break;
            case GiveUp:
                _pending.Clear();
                _awaited.Clear();
                _reached = true;
                break;
            default:
                return Unhandled(message);
        }

        if (!_reached || _pending.Count > 0 || _awaited.Count > 0)
            return ValueTask.CompletedTask;

        if (_isOwedHeadStart)
        {
            if (!Context.Timers.IsActive(nameof(HeadStartOver)))
                Context.Timers.StartSingle(nameof(HeadStartOver), HeadStartOver.Instance, headStart);
        }
        else
        {
            asker.Tell(new SubscribersActor.Flushed(wait.Location, wait.Offset), Context.Parent);
            Context.Stop(Self);
        }

        return ValueTask.CompletedTask;
    }

    private void Await(TimeSpan awaitedFor)
    {
        var key = _keys++;
        _awaited.Add(key);
        Context.Timers.StartSingle(key, new GiveUpOne(key), awaitedFor);
    }

    private void OnCameBack(IActorRef subscriber)
    {
        if (_awaited.Count > 0)
        {
            Context.Timers.Cancel(_awaited[0]);
            _awaited.RemoveAt(0);
        }

        _pending.Add(subscriber);
        if (_reached)
            subscriber.Tell(new SubscriberActor.ReportFlushed(wait.Offset), Self);
    }

    private void AskAll()
    {
        foreach (var subscriber in _pending)
            subscriber.Tell(new SubscriberActor.ReportFlushed(wait.Offset), Self);
    }
}
