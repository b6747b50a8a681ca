using OpenCode.Actors.Journaling;

namespace OpenCode.Actors.Clustering;

/// <summary>What the actors of the cluster know, for everybody else: one immutable snapshot, replaced as a whole.</summary>
internal sealed class ClusterState : ICluster
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly List<Waiter> _waiters = [];
    private readonly TaskCompletionSource _joined = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Snapshot _now;
    private volatile IReadOnlyDictionary<(string Name, long Incarnation), Pulse> _pulses = new Dictionary<(string, long), Pulse>();
    private volatile IActorRef? _looks;
    private volatile IActorRef? _shards;

    public ClusterState(ClusterOptions options, TimeProvider time)
    {
        _time = time;
        var node = options.Describe();
        var self = new Member(node.Name, 0, MemberStatus.Joining, 0, node.Url, node.Tag);
        _now = new Snapshot(new ClusterView(0, [], [], self), Standing.Joining, 0, 0, new Dictionary<int, long>());
    }

    public ClusterView View => _now.View;

    public Standing Standing => _now is { Standing: Standing.Serving } now && !IsBeforeDeadline(now) ? Standing.Suspended : _now.Standing;

    public Task Joined => _joined.Task;

    /// <summary>Gets how long ago the last renewal that was answered was sent; zero before the first.</summary>
    public TimeSpan LeaseAge => _now is { View.Self.Incarnation: > 0 } now ? _time.GetElapsedTime(now.RenewedAt) : TimeSpan.Zero;

    /// <summary>Gets the number of shards that are open here.</summary>
    public int OpenShards => _now.Open.Count;

    public ShardRoute RouteTo(int shard)
    {
        var now = _now;
        if (now.Open.TryGetValue(shard, out var token))
            return now.Standing is Standing.Serving or Standing.Leaving && IsBeforeDeadline(now) ? new ShardRoute.Here(new Fence(shard, token)) : ShardRoute.Nowhere.Instance;
        if ((uint)shard >= (uint)now.View.Shards.Count || now.View.Shards[shard] is not { Owner: not null } row || now.View.Self.Owns(row))
            return ShardRoute.Nowhere.Instance;
        foreach (var member in now.View.Members)
        {
            if (member.Owns(row))
                return new ShardRoute.There(member, row.Token);
        }

        return ShardRoute.Nowhere.Instance;
    }

    public async ValueTask<ClusterView> WaitForChangeAsync(long version, CancellationToken cancellationToken)
    {
        var waiter = new Waiter(version);
        lock (_lock)
        {
            if (_now.View.Version > version)
                return _now.View;
            _waiters.Add(waiter);
        }

        await using var registration = cancellationToken.Register(static state => ((Waiter)state!).TrySetCanceled(), waiter);
        try
        {
            return await waiter.Task;
        }
        finally
        {
            lock (_lock)
                _waiters.Remove(waiter);
        }
    }

    public TimeSpan SinceBeat(Member member)
    {
        ArgumentNullException.ThrowIfNull(member);
        return _pulses.TryGetValue((member.Name, member.Incarnation), out var pulse) && pulse.MovedAt is { } moved ? _time.GetElapsedTime(moved) : TimeSpan.MaxValue;
    }

    public void LookAgain() => _looks?.Tell(Looks.LookActor.LookNow.Instance);

    public void OpenAgain() => _shards?.Tell(Placing.ShardsActor.OpenAgain.Instance);

    /// <summary>Tells everybody here what this node has changed itself.</summary>
    internal void Learn(IReadOnlyList<ShardRow> shards) => _looks?.Tell(new Looks.LookActor.Learn(shards));

    internal void SetLooks(IActorRef looks) => _looks = looks;

    internal void SetShards(IActorRef shards) => _shards = shards;

    internal void SetJoined() => _joined.TrySetResult();

    internal void SetRefused(ClusterRefusedException refusal) => _joined.TrySetException(refusal);

    /// <summary>Takes over what a look has seen. One after the other.</summary>
    internal void See(ClusterLook look)
    {
        IReadOnlyList<Member> members = [.. look.Members.Select(static seen => seen.Member)];
        _pulses = members.ToDictionary(static member => (member.Name, member.Incarnation), member => PulseOf(member, _time.GetTimestamp()));
        Change(now =>
        {
            var self = members.FirstOrDefault(member => member.Is(now.View.Self)) ?? now.View.Self;
            return now with { View = now.View with { Members = members, Shards = look.Shards, Self = self } };
        });
    }

    internal void Join(Member self) => Change(now => now with { View = now.View with { Self = self } });

    internal void Stand(Standing standing) => Change(now => now with { Standing = standing });

    /// <summary>Notes that a renewal was answered.</summary>
    /// <param name="renewedAt">When it was sent.</param>
    /// <param name="deadline">Until when this node works by it.</param>
    internal void Extend(long renewedAt, long deadline) => Change(now => now with { RenewedAt = renewedAt, Deadline = deadline });

    internal void Open(IEnumerable<Fence> fences) => Change(now =>
    {
        var open = new Dictionary<int, long>(now.Open);
        foreach (var fence in fences)
            open[fence.Shard] = fence.Token;
        return now with { Open = open };
    });

    internal void Close(IEnumerable<int> shards) => Change(now =>
    {
        var open = new Dictionary<int, long>(now.Open);
        foreach (var shard in shards)
            open.Remove(shard);
        return open.Count == now.Open.Count ? now : now with { Open = open };
    });

    private Pulse PulseOf(Member member, long now) => _pulses.TryGetValue((member.Name, member.Incarnation), out var before)
        ? before.Beat == member.Beat ? before : new Pulse(member.Beat, now)
        : new Pulse(member.Beat, MovedAt: null);

    private bool IsBeforeDeadline(Snapshot now) => _time.GetTimestamp() < now.Deadline;

    private void Change(Func<Snapshot, Snapshot> change)
    {
        List<Waiter> told;
        lock (_lock)
        {
            var before = _now;
            var after = change(before);
            if (IsSame(before, after))
            {
                _now = after;
                return;
            }

            after = after with { View = after.View with { Version = before.View.Version + 1 } };
            _now = after;
            told = _waiters.FindAll(waiter => after.View.Version > waiter.Version);
        }

        foreach (var waiter in told)
            waiter.TrySetResult(_now.View);
    }

    /// <summary>Beats and renewals are no change: they move all the time, and no route depends on them.</summary>
    private static bool IsSame(Snapshot a, Snapshot b) =>
        a.Standing == b.Standing
        && ReferenceEquals(a.Open, b.Open)
        && a.View.Self with { Beat = 0 } == b.View.Self with { Beat = 0 }
        && a.View.Shards.SequenceEqual(b.View.Shards)
        && a.View.Members.Select(static member => member with { Beat = 0 }).SequenceEqual(b.View.Members.Select(static member => member with { Beat = 0 }));

    private sealed record Snapshot(ClusterView View, Standing Standing, long RenewedAt, long Deadline, Dictionary<int, long> Open);

    private sealed record Pulse(long Beat, long? MovedAt);

    private sealed class Waiter(long version) : TaskCompletionSource<ClusterView>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public long Version { get; } = version;
    }
}
