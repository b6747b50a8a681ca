using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Nodes;

namespace OpenCode.Actors.Tests.Journal.Memory;

/// <summary>The rows of nodes and shards of a whole cluster in memory: what PostgreSQL is to a cluster. Each node reaches it through a <see cref="MemoryArbiter"/>. Thread-safe.</summary>
/// <param name="time">The clock of the store.</param>
/// <param name="batches">Where the nodes append: claims give out the tokens that it checks. Null where no node appends.</param>
internal sealed class MemoryArbiterDatabase(TimeProvider time, MemoryBatchDatabase? batches = null)
{
    private const int ShardCount = 64;

    private readonly Lock _gate = new();
    private readonly MemoryBatchDatabase _batches = batches ?? new(time);
    private readonly List<MemoryNode> _nodes = [];
    private readonly Dictionary<int, ShardRow> _shards = [];
    private MemoryLink? _turn;
    private string? _location;
    private volatile bool _isAway;

    /// <summary>Gets the config of the cluster.</summary>
    public MemorySharedConfig Config { get; } = new();

    /// <summary>Gets the large bodies of the cluster.</summary>
    public MemoryLargeBodies Bodies => _batches.Bodies;

    /// <summary>Gets a value indicating whether it answers no node.</summary>
    public bool IsAway => _isAway;

    /// <summary>Gets the rows of nodes, dead ones too.</summary>
    public IReadOnlyList<NodeRow> Rows
    {
        get
        {
            lock (_gate)
                return [.. _nodes.Select(static n => n.Row)];
        }
    }

    /// <summary>Cuts all connections and answers no node, or goes on.</summary>
    public void SetAway(bool isAway)
    {
        lock (_gate)
            _turn = null;

        _isAway = isAway;
    }

    /// <summary>Notes that nothing is heard of a node, or that it is heard of again.</summary>
    public void SetSilent(MemoryLink link, bool isSilent)
    {
        lock (_gate)
        {
            if (!isSilent && _turn == link && !link.IsAlive(time.GetUtcNow()))
                _turn = null;

            link.SilentSince = isSilent ? link.SilentSince ?? time.GetUtcNow() : null;
        }
    }

    public void End(MemoryLink link)
    {
        lock (_gate)
        {
            link.IsEnded = true;
            EndTurnNeedsLock(link);
        }
    }

    public bool TryTakeTurn(MemoryLink link)
    {
        lock (_gate)
        {
            if (_turn != link && _turn?.IsAlive(time.GetUtcNow()) == true)
                return false;

            _turn = link;
            return true;
        }
    }

    public void EndTurn(MemoryLink link)
    {
        lock (_gate)
            EndTurnNeedsLock(link);
    }

    public FoundCluster Find(MemoryLink joiner)
    {
        lock (_gate)
        {
            CheckTurnNeedsLock(joiner);
            return new(_location, [.. LivingNeedsLock().Select(n => new FoundNode(n.Row, IsLockHeldNeedsLock(n)))]);
        }
    }

    public bool TryEnter(MemoryLink joiner, NodeDescription me, IReadOnlyList<NodeRow> lost, IReadOnlyList<NodeRow> gone)
    {
        lock (_gate)
        {
            CheckTurnNeedsLock(joiner);
            if (gone.Any(g => FindNeedsLock(g.Description.Identity) is { } node && IsLockHeldNeedsLock(node)))
                return false;

            if (FindNeedsLock(me.Identity) is { Status: not NodeStatus.Joining } old)
                throw new DeclaredDeadException($"The row of the node '{me.Identity.Name}' with this uid says {old.Status}. Start the node anew: it joins with another uid.");

            foreach (var row in lost.Concat(gone))
                DieNeedsLock(FindNeedsLock(row.Description.Identity));

            _nodes.RemoveAll(n => n.Description.Identity.IsSameLife(me.Identity));
            _nodes.Add(new(me, joiner, time.GetUtcNow()));
            _location ??= me.Location;
            return true;
        }
    }

    /// <summary>Sets a joiner up, if it has the turn; that ends then.</summary>
    /// <returns>False, and nothing was done, when it has not got the turn.</returns>
    public bool TryConfirmUp(MemoryLink joiner, NodeIdentity me)
    {
        lock (_gate)
        {
            var node = OwnNeedsLock(me);
            if (node.Status == NodeStatus.Up)
                return true;
            if (_turn != joiner)
                return false;

            node.Status = NodeStatus.Up;
            EndTurnNeedsLock(joiner);
            return true;
        }
    }

    public NodeLook Look(NodeIdentity me, long position)
    {
        var head = _batches.Head;
        lock (_gate)
        {
            var mine = FindNeedsLock(me);
            mine?.Behind = Math.Max(0, head - position);
            mine?.Looked = time.GetUtcNow();
            return new(mine?.Status ?? NodeStatus.Dead, [.. LivingNeedsLock().Select(static n => n.Row)], Config.Version) { IsNoted = mine is { Status: not NodeStatus.Dead } };
        }
    }

    public Verdict DeclareDead(NodeIdentity me, NodeIdentity other, DateTimeOffset? ifLooked = null)
    {
        lock (_gate)
        {
            var mine = FindNeedsLock(me)?.Status ?? NodeStatus.Dead;
            if (mine == NodeStatus.Dead)
                return Verdict.ThisIsDead;
            if (FindNeedsLock(other) is not { Status: not NodeStatus.Dead } node)
                return Verdict.OtherIsDead;
            if (mine == NodeStatus.Joining)
                return Verdict.NotUpYet;
            if (ifLooked is { } at && node.Looked != at)
                return Verdict.OtherLooked;

            DieNeedsLock(node);
            return Verdict.OtherIsDead;
        }
    }

    public Fence Claim(NodeIdentity me, int shard)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(shard);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(shard, ShardCount);
        lock (_gate)
        {
            if (OwnNeedsLock(me).Status != NodeStatus.Up)
                throw new DeclaredDeadException($"The node '{me.Name}' is still joining: it may not claim shard {shard}. It may once it is up.");

            var fence = new Fence(shard, _batches.NextToken(shard));
            _shards[shard] = new(shard, me, fence.Token);
            return fence;
        }
    }

    public IReadOnlyList<ShardRow> Shards()
    {
        lock (_gate)
            return [.. Enumerable.Range(0, ShardCount).Select(s => _shards.GetValueOrDefault(s) ?? new ShardRow(s, null, 0))];
    }

    public void Leave(NodeIdentity me, MemoryLink link)
    {
        lock (_gate)
        {
            DieNeedsLock(FindNeedsLock(me));
            link.IsEnded = true;
        }
    }

    private bool IsLockHeldNeedsLock(MemoryNode node) => node.Link.IsAlive(time.GetUtcNow());

    private IEnumerable<MemoryNode> LivingNeedsLock() =>
        _nodes.Where(static n => n.Status != NodeStatus.Dead).OrderBy(static n => n.Description.Identity.Name, StringComparer.Ordinal).ThenBy(static n => n.Description.Identity.Uid);

    private MemoryNode? FindNeedsLock(NodeIdentity node) => _nodes.Find(n => n.Description.Identity.IsSameLife(node));

    private MemoryNode OwnNeedsLock(NodeIdentity me) => FindNeedsLock(me) is { Status: not NodeStatus.Dead } node
        ? node
        : throw new DeclaredDeadException($"The node '{me.Name}' (uid {me.Uid}) was declared dead, or has left: end this process, and start it again.");

    /// <summary>Sets rows with a node's own address dead, except its own.</summary>
    public void RetireAddress(NodeIdentity me)
    {
        lock (_gate)
        {
            foreach (var node in _nodes.Where(n => n.Description.Identity.Address == me.Address && !n.Description.Identity.IsSameLife(me)).ToList())
                DieNeedsLock(node);
        }
    }

    // Its connections end with it, and with them its turn.
    private void DieNeedsLock(MemoryNode? node)
    {
        if (node is null)
            return;

        node.Status = NodeStatus.Dead;
        EndTurnNeedsLock(node.Link);
    }

    private void CheckTurnNeedsLock(MemoryLink joiner)
    {
        if (_turn != joiner)
            throw new ArbiterAwayException("The turn to join was lost with its connection.");
    }

    private void EndTurnNeedsLock(MemoryLink link)
    {
        if (_turn == link)
            _turn = null;
    }
}
