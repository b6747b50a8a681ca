using Microsoft.Extensions.Logging;
using OpenCode.Actors.Clustering.Looks;
using OpenCode.Actors.Journaling;

namespace OpenCode.Actors.Clustering.Placing;

/// <summary>Brings what runs here in line with the rows of the shards: opens what this node got, gives away what it has too much of, or all when it leaves.</summary>
/// <remarks>
/// One operation at a time, decided from what is known. After an own change of the rows of which it is not known what became of it, only a look says what there is.
/// Only the loss of the incarnation does not wait: it ends the operation under way.
/// </remarks>
internal sealed partial class ShardsActor(ClusterSetup setup) : Actor
{
    /// <summary>This node is a member now: what its rows say is opened.</summary>
    /// <param name="Self">The incarnation that owns.</param>
    public sealed record Serve(Member Self);

    /// <summary>The incarnation is lost: everything is closed at once. Answered by <see cref="Abandoned"/>.</summary>
    public sealed record Abandon
    {
        public static Abandon Instance { get; } = new();
    }

    /// <summary>Nothing of the lost incarnation runs here any more.</summary>
    public sealed record Abandoned
    {
        public static Abandoned Instance { get; } = new();
    }

    /// <summary>Gives all shards to others, a few at a time: this node leaves.</summary>
    public sealed record Drain
    {
        public static Drain Instance { get; } = new();
    }

    /// <summary>The host has begun anew.</summary>
    public sealed record OpenAgain
    {
        public static OpenAgain Instance { get; } = new();
    }

    /// <summary>The end of an operation; what it says counts only if no incarnation was lost meanwhile.</summary>
    private abstract record Ended(int Operation);

    private sealed record Opened(int Operation, IReadOnlyList<Fence> Fences) : Ended(Operation);

    private sealed record BusyKnown(int Operation, IReadOnlySet<int> Busy) : Ended(Operation);

    private sealed record HandedOver(int Operation, IReadOnlyList<ShardRow> Given, int Asked) : Ended(Operation);

    private sealed record Closed(int Operation) : Ended(Operation);

    private sealed record Assigned(int Operation) : Ended(Operation);

    private sealed record Failed(int Operation, string What, Exception Cause) : Ended(Operation);

    private sealed record AllClosed(IActorRef Asker);

    private sealed record CloseFailed(IActorRef Asker, Exception Cause);

    private sealed record CloseAll(IActorRef Asker);

    private sealed record GoOn
    {
        public static GoOn Instance { get; } = new();
    }

    private static readonly TimeSpan _pauseAfterFailure = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _moveEvery = TimeSpan.FromSeconds(1);

    private readonly ILogger _logger = setup.Loggers.CreateLogger<ShardsActor>();
    private readonly SortedDictionary<int, long> _open = [];
    private readonly KnownShards _known = new();
    private CancellationTokenSource? _underWay;
    private Member? _self;
    private LookActor.Looked? _look;
    private int _operation;
    private long _freshFrom;
    private long _notBefore;
    private long _nextMove;

    public static Props PropsFor(ClusterSetup setup) => Props.Create(() => new ShardsActor(setup));

    protected override ValueTask ReceiveAsync(object message)
    {
        switch (message)
        {
            case LookActor.Looked m:
                _look = m;
                _known.See(m.Look);
                Decide();
                break;
            case Serve m:
                _self = m.Self;
                _freshFrom = setup.Time.GetTimestamp();
                break;
            case Ended m:
                OnEnded(m);
                break;
            case GoOn:
                Decide();
                break;
            case Drain:
                OnDrain();
                break;
            case OpenAgain:
                OnOpenAgain();
                break;
            case Abandon:
                OnAbandon(Sender);
                break;
            case CloseAll m:
                CloseEverything(m.Asker);
                break;
            case AllClosed m:
                m.Asker.Tell(Abandoned.Instance);
                break;
            case CloseFailed m:
                LogOperationFailed(_logger, "closing shards that are lost", m.Cause);
                Context.Timers.StartSingle("close-all", new CloseAll(m.Asker), _pauseAfterFailure);
                break;
            default:
                return Unhandled(message);
        }

        return ValueTask.CompletedTask;
    }

    protected override ValueTask PreStartAsync()
    {
        setup.State.SetShards(Self);
        return ValueTask.CompletedTask;
    }

    protected override ValueTask PostStopAsync()
    {
        EndOperation();
        return ValueTask.CompletedTask;
    }

    /// <summary>Starts the next operation, if there is anything to do and nothing under way.</summary>
    private void Decide()
    {
        var now = setup.Time.GetTimestamp();
        if (_underWay is not null || _self is not { } self || _look is not { SentAt: var sentAt } || sentAt <= _freshFrom || now < _notBefore)
            return;

        var shards = _known.Rows;
        List<int> lost = [.. _open.Where(open => !self.Owns(shards[open.Key]) || shards[open.Key].Token != open.Value).Select(static open => open.Key)];
        if (lost.Count > 0)
        {
            Close(lost);
            return;
        }

        if (_drainUntil is not null)
        {
            DrainFurther(self, shards, now);
            return;
        }

        List<Fence> mine = [.. shards.Where(row => self.Owns(row) && !_open.ContainsKey(row.Shard)).Select(static row => new Fence(row.Shard, row.Token))];
        if (mine.Count > 0)
            Open(mine);
        else if (_look.IsTold)
            return;
        else if (shards.Any(row => !_look.Look.Members.Any(seen => seen.Member.Owns(row))))
            AssignOrphans();
        else if (now >= _nextMove && Rebalance.Plan(self, _look.Awake, shards, setup.Options.MovesPerSecond).Count > 0)
            AskBusy();
    }

    private void OnEnded(Ended message)
    {
        if (message.Operation != _operation || _underWay is null)
            return;
        EndOperation();
        switch (message)
        {
            case Opened m:
                foreach (var fence in m.Fences)
                    _open[fence.Shard] = fence.Token;
                setup.State.Open(m.Fences);
                LogOpened(_logger, m.Fences.Count, _open.Count);
                break;
            case BusyKnown m:
                OnBusyKnown(m.Busy);
                return;
            case HandedOver m:
                OnHandedOver(m);
                return;
            case Assigned:
                _freshFrom = setup.Time.GetTimestamp();
                break;
            case Failed m:
                LogOperationFailed(_logger, m.What, m.Cause);
                _freshFrom = setup.Time.GetTimestamp();
                _notBefore = _freshFrom + Ticks(_pauseAfterFailure);
                Context.Timers.StartSingle("go-on", GoOn.Instance, _pauseAfterFailure);
                break;
        }

        setup.State.LookAgain();
        Decide();
    }

    // What was given is known by that: the next portion goes without a look, and requests for this one go to its new owner.
    private void OnHandedOver(HandedOver message)
    {
        setup.Metrics.HandedOver(message.Given.Count);
        LogHandedOver(_logger, message.Given.Count, message.Asked);
        _known.Take(message.Given);
        setup.State.Learn(message.Given);
        if (message.Given.Count < message.Asked)
        {
            _freshFrom = setup.Time.GetTimestamp();
            setup.State.LookAgain();
        }

        Decide();
    }

    private void Open(List<Fence> fences) =>
        Begin("opening shards", cancellationToken => setup.Host.OpenAsync(fences, cancellationToken), operation => new Opened(operation, fences));

    private void Close(List<int> lost)
    {
        LogLost(_logger, string.Join(", ", lost));
        Forget(lost);
        Begin("closing shards that are lost", cancellationToken => setup.Host.CloseAsync(lost, abandon: true, cancellationToken), static operation => new Closed(operation));
    }

    private void AssignOrphans() =>
        Begin("assigning shards without an owner", setup.Membership.AssignOrphansAsync, static (operation, _) => new Assigned(operation));

    private void AskBusy() =>
        Begin("asking for busy shards", setup.Host.BusyAsync, static (operation, busy) => new BusyKnown(operation, busy));

    private void OnBusyKnown(IReadOnlySet<int> busy)
    {
        if (_drainUntil is not null)
        {
            DrainIdle(busy);
            return;
        }

        _nextMove = setup.Time.GetTimestamp() + Ticks(_moveEvery);
        var (count, target) = Rebalance.Plan(_self!, _look!.Awake, _known.Rows, setup.Options.MovesPerSecond);
        List<Handover> handovers =
        [
            .. _open.Where(open => !busy.Contains(open.Key)).Take(count).Select(open => new Handover(new Fence(open.Key, open.Value), target!)),
        ];
        if (handovers.Count > 0)
            HandOver(handovers);
    }

    private void HandOver(List<Handover> handovers)
    {
        // From here on nothing is routed to them: what comes waits until their new owner has opened them.
        Forget(handovers.Select(static handover => handover.Fence.Shard));
        var self = _self!;
        Begin(
            "handing shards over",
            cancellationToken => CloseAndGiveAsync(self, handovers, cancellationToken),
            (operation, given) => new HandedOver(operation, given, handovers.Count));
    }

    private async ValueTask<IReadOnlyList<ShardRow>> CloseAndGiveAsync(Member self, List<Handover> handovers, CancellationToken cancellationToken)
    {
        await setup.Host.CloseAsync([.. handovers.Select(static handover => handover.Fence.Shard)], abandon: false, cancellationToken);
        var given = await setup.Membership.GiveAsync(self, handovers, cancellationToken);
        return [.. handovers.Where(handover => given.Contains(handover.Fence.Shard)).Select(static handover => handover.After)];
    }

    // What became of an operation under way nobody will say: a look does.
    private void OnOpenAgain()
    {
        LogOpenAgain(_logger, _open.Count);
        EndOperation();
        Forget(_open.Keys);
        _freshFrom = setup.Time.GetTimestamp();
        setup.State.LookAgain();
    }

    private void OnAbandon(IActorRef asker)
    {
        EndOperation();
        _self = null;
        _look = null;
        EndDrain();
        CloseEverything(asker);
    }

    private void CloseEverything(IActorRef asker)
    {
        // Every shard, not only those that are open: an operation that was cut short may have opened or left open any of them.
        Forget(_open.Keys);
        List<int> all = [.. Enumerable.Range(0, setup.Options.ShardCount)];
        Context.PipeTo(CloseAsync(all, Context.Incarnation), () => new AllClosed(asker), cause => new CloseFailed(asker, cause));
    }

    private async ValueTask CloseAsync(List<int> all, CancellationToken cancellationToken) => await setup.Host.CloseAsync(all, abandon: true, cancellationToken);

    private void Forget(IEnumerable<int> shards)
    {
        List<int> closed = [.. shards];
        foreach (var shard in closed)
            _open.Remove(shard);
        setup.State.Close(closed);
    }

    private void Begin(string what, Func<CancellationToken, ValueTask> work, Func<int, Ended> done) =>
        Begin(what, async cancellationToken => { await work(cancellationToken); return true; }, (operation, _) => done(operation));

    private void Begin<T>(string what, Func<CancellationToken, ValueTask<T>> work, Func<int, T, Ended> done)
    {
        var operation = ++_operation;
        _underWay = CancellationTokenSource.CreateLinkedTokenSource(Context.Incarnation);
        Context.PipeTo(RunAsync(work, _underWay.Token), result => done(operation, result), cause => new Failed(operation, what, cause));
    }

    /// <summary>Makes a failure of the task also of what is thrown at once.</summary>
    private static async ValueTask<T> RunAsync<T>(Func<CancellationToken, ValueTask<T>> work, CancellationToken cancellationToken) => await work(cancellationToken);

    private void EndOperation()
    {
        _underWay?.Cancel();
        _underWay?.Dispose();
        _underWay = null;
    }

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * setup.Time.TimestampFrequency);

    [LoggerMessage(EventId = 4020, Level = LogLevel.Information, Message = "{Count} shards have come to this node; it has {Total}.")]
    private static partial void LogOpened(ILogger logger, int count, int total);

    [LoggerMessage(EventId = 4021, Level = LogLevel.Information, Message = "{Count} of {Asked} shards were given to other nodes.")]
    private static partial void LogHandedOver(ILogger logger, int count, int asked);

    [LoggerMessage(EventId = 4022, Level = LogLevel.Warning, Message = "The shards {Shards} have another owner although this node was not declared dead; they stop here.")]
    private static partial void LogLost(ILogger logger, string shards);

    [LoggerMessage(EventId = 4024, Level = LogLevel.Error, Message = "What ran the {Count} shards of this node has failed and begun anew; they are opened to it again.")]
    private static partial void LogOpenAgain(ILogger logger, int count);

    [LoggerMessage(EventId = 4023, Level = LogLevel.Warning, Message = "Failed at {What}. It is tried again.")]
    private static partial void LogOperationFailed(ILogger logger, string what, Exception cause);
}
