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
    private static readonly TimeSpan _pauseAfterFailure = TimeSpan.FromSeconds(1);

    private readonly ILogger _logger = setup.Loggers.CreateLogger<ShardsActor>();
    private readonly SortedDictionary<int, long> _open = [];
    private readonly KnownShards _known = new();
    private Member? _self;
    private LookActor.Looked? _look;

    // Only a look that was sent after this knows what became of the last change, and nothing begins before the pause after a failure, or between two portions of a drain, is over.
    private long _freshFrom;
    private long _notBefore;

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
                OnCloseFailed(m);
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

        List<ShardRow> mine = [.. shards.Where(row => self.Owns(row) && !_open.ContainsKey(row.Shard))];
        if (mine.Count > 0)
            Open(mine);
        else if (_look.IsTold)
            return;
        else if (shards.Any(row => !_look.Look.Members.Any(seen => seen.Member.Owns(row))))
            AssignOrphans();
        else if (now >= _nextMove && Rebalance.Plan(self, _look.Awake, shards, setup.Options.MovesPerSecond).Count > 0)
            AskBusy();
    }

    private void Open(List<ShardRow> rows)
    {
        List<Fence> fences = [.. rows.Select(static row => new Fence(row.Shard, row.Token))];
        var through = rows.TrueForAll(static row => row.WrittenThrough is not null) ? rows.Max(static row => row.WrittenThrough) : null;
        Begin("opening shards", cancellationToken => setup.Host.OpenAsync(fences, through, cancellationToken), operation => new Opened(operation, fences));
    }

    private void Close(List<int> lost)
    {
        LogLost(_logger, string.Join(", ", lost));
        Forget(lost);
        Begin("closing shards that are lost", cancellationToken => setup.Host.CloseAsync(lost, abandon: true, cancellationToken), static (operation, _) => new Closed(operation));
    }

    private void AssignOrphans() =>
        Begin("assigning shards without an owner", setup.Membership.AssignOrphansAsync, static (operation, _) => new Assigned(operation));

    private void Forget(IEnumerable<int> shards)
    {
        List<int> closed = [.. shards];
        foreach (var shard in closed)
            _open.Remove(shard);
        setup.State.Close(closed);
    }

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * setup.Time.TimestampFrequency);
}
