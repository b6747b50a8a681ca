using System.Globalization;
using OpenCode.Actors.Clustering.Placing;

namespace OpenCode.Actors.Clustering.Memory;

/// <summary>The database of a cluster whose nodes live in one process: rows, connections, advisory locks that go with their connection, hints.</summary>
/// <remarks>Each transaction runs as a whole at one moment. What a network does is in <see cref="MemoryMembership"/>, one for each node.</remarks>
public sealed class MemoryClusterDatabase
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, List<Row>> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<long, string> _connections = [];
    private readonly Dictionary<(string Name, long Incarnation), long> _advisory = [];
    private readonly List<MemoryMembership> _listeners = [];
    private List<ShardRow> _shards = [];
    private string? _location;
    private long _lastConnection;
    private int _life = 1;
    private bool _isAway;

    /// <summary>Gets the living members as they are.</summary>
    public IReadOnlyList<Member> Members
    {
        get
        {
            lock (_lock)
                return LiveNeedsLock();
        }
    }

    /// <summary>Gets the shards as they are; none before the first node has joined.</summary>
    public IReadOnlyList<ShardRow> Shards
    {
        get
        {
            lock (_lock)
                return [.. _shards];
        }
    }

    /// <summary>Ends all connections, and with them their locks, and refuses new ones.</summary>
    public void GoAway()
    {
        lock (_lock)
        {
            _isAway = true;
            _connections.Clear();
            _advisory.Clear();
        }
    }

    /// <summary>Accepts connections again, as a new life.</summary>
    public void ComeBack()
    {
        lock (_lock)
        {
            _isAway = false;
            _life++;
        }
    }

    /// <summary>Ends all connections, and with them their locks, and goes on as a new life.</summary>
    public void Restart()
    {
        GoAway();
        ComeBack();
    }

    internal void Listen(MemoryMembership listener)
    {
        lock (_lock)
            _listeners.Add(listener);
    }

    internal void Unlisten(MemoryMembership listener)
    {
        lock (_lock)
            _listeners.Remove(listener);
    }

    /// <summary>Makes a connection; null when the database is away.</summary>
    internal long? Connect(string tag)
    {
        lock (_lock)
        {
            if (_isAway)
                return null;
            _connections.Add(++_lastConnection, tag);
            return _lastConnection;
        }
    }

    internal bool IsConnected(long connection)
    {
        lock (_lock)
            return _connections.ContainsKey(connection);
    }

    internal void Disconnect(long connection)
    {
        lock (_lock)
            DisconnectNeedsLock(connection);
    }

    internal Member Join(NodeDescription node, long connection)
    {
        lock (_lock)
        {
            if (_shards.Count == 0)
            {
                _shards = [.. Enumerable.Range(0, node.ShardCount).Select(static shard => new ShardRow(shard, null, 0, 0))];
                _location = node.Location;
            }

            RefuseNeedsLock(node);
            var lives = _nodes.TryGetValue(node.Name, out var known) ? known : _nodes[node.Name] = [];
            foreach (var before in lives.Where(static row => row.Member.Status != MemberStatus.Dead))
            {
                TerminateNeedsLock(before.Member.Tag, except: connection);
                before.Member = before.Member with { Status = MemberStatus.Dead };
            }

            var member = new Member(node.Name, lives.Count == 0 ? 1 : lives[^1].Member.Incarnation + 1, MemberStatus.Up, 0, node.Url, node.Tag);
            lives.Add(new Row(node.Protocol) { Member = member });
            _advisory[(member.Name, member.Incarnation)] = connection;
            HintNeedsLock(AssignNeedsLock());
            return member;
        }
    }

    internal bool Renew(Member self, long connection)
    {
        lock (_lock)
        {
            if (FindNeedsLock(self) is not { } row)
                return false;
            row.Member = row.Member with { Beat = row.Member.Beat + 1 };
            _advisory.TryAdd((self.Name, self.Incarnation), connection);
            return true;
        }
    }

    internal ClusterLook Look(long connection)
    {
        lock (_lock)
        {
            return new ClusterLook(
                connection,
                _life.ToString(CultureInfo.InvariantCulture),
                [.. LiveNeedsLock().Select(member => new SeenMember(member, _advisory.ContainsKey((member.Name, member.Incarnation))))],
                [.. _shards]);
        }
    }

    internal bool DeclareDead(Member member)
    {
        lock (_lock)
        {
            if (FindNeedsLock(member) is not { } row || row.Member.Beat != member.Beat)
                return false;
            TerminateNeedsLock(member.Tag, except: null);
            row.Member = row.Member with { Status = MemberStatus.Dead };
            HintNeedsLock(AssignNeedsLock());
            return true;
        }
    }

    internal int AssignOrphans()
    {
        lock (_lock)
        {
            var assigned = AssignNeedsLock();
            if (assigned.Count > 0)
                HintNeedsLock(assigned);
            return assigned.Count;
        }
    }

    internal bool BeginLeave(Member self)
    {
        lock (_lock)
        {
            if (FindNeedsLock(self) is not { } row)
                return false;
            row.Member = row.Member with { Status = MemberStatus.Leaving };
            HintNeedsLock([]);
            return true;
        }
    }

    internal IReadOnlyList<int> Give(Member self, IReadOnlyList<Handover> handovers)
    {
        lock (_lock)
        {
            var given = new List<ShardRow>();
            foreach (var handover in handovers)
            {
                var (fence, target, _) = handover;
                if (_shards[fence.Shard] is var row && (!self.Owns(row) || row.Token != fence.Token) || FindNeedsLock(target)?.Member.Status != MemberStatus.Up)
                    continue;
                _shards[fence.Shard] = handover.After with { WrittenThrough = null }; // as the row has it; only who is told knows more
                given.Add(handover.After);
            }

            HintNeedsLock(given, isMore: false);
            return [.. given.Select(static row => row.Shard)];
        }
    }

    internal void Leave(Member self)
    {
        lock (_lock)
        {
            if (FindNeedsLock(self) is not { } row)
                return;
            row.Member = row.Member with { Status = MemberStatus.Dead };
            _advisory.Remove((self.Name, self.Incarnation));
            HintNeedsLock(AssignNeedsLock());
        }
    }

    private void RefuseNeedsLock(NodeDescription node)
    {
        if (_shards.Count != node.ShardCount)
            throw new OtherShardCountException(node.ShardCount, _shards.Count);
        if (_location != node.Location)
            throw new OtherLocationException(node.Location, _location!);
        foreach (var row in _nodes.Values.SelectMany(static lives => lives).Where(static row => row.Member.Status != MemberStatus.Dead))
        {
            var member = row.Member;
            if (row.Protocol != node.Protocol && member.Name != node.Name)
                throw new OtherProtocolException(node.Protocol, row.Protocol, member.Name);
            if (member.Name == node.Name && (member.Url != node.Url || _advisory.ContainsKey((member.Name, member.Incarnation))))
                throw new NodeNameInUseException(member.Name, member.Url);
        }
    }

    private List<ShardRow> AssignNeedsLock()
    {
        var live = LiveNeedsLock();
        var orphans = _shards.Where(shard => !live.Any(member => member.Owns(shard))).ToList();
        var receivers = LeastLoaded.Receivers(live.Where(static member => member.Status == MemberStatus.Up), _shards, orphans.Count);
        List<ShardRow> assigned = [.. orphans.Zip(receivers, static (shard, receiver) => new ShardRow(shard.Shard, receiver.Name, receiver.Incarnation, shard.Token + 1))];
        foreach (var row in assigned)
            _shards[row.Shard] = row;
        return assigned;
    }

    private List<Member> LiveNeedsLock() =>
        [.. _nodes.Values.SelectMany(static lives => lives).Select(static row => row.Member).Where(static member => member.Status != MemberStatus.Dead)];

    /// <summary>Returns the row of that life, if it is not dead.</summary>
    private Row? FindNeedsLock(Member member) =>
        _nodes.TryGetValue(member.Name, out var lives) ? lives.Find(row => row.Member.Is(member) && row.Member.Status != MemberStatus.Dead) : null;

    private void TerminateNeedsLock(string tag, long? except)
    {
        foreach (var (connection, _) in _connections.Where(entry => entry.Value == tag && entry.Key != except).ToList())
            DisconnectNeedsLock(connection);
    }

    private void DisconnectNeedsLock(long connection)
    {
        _connections.Remove(connection);
        foreach (var (life, _) in _advisory.Where(entry => entry.Value == connection).ToList())
            _advisory.Remove(life);
    }

    private void HintNeedsLock(IReadOnlyList<ShardRow> shards, bool isMore = true)
    {
        foreach (var listener in _listeners)
            listener.Hint(new ClusterHint(shards, isMore));
    }

    private sealed class Row(int protocol)
    {
        public required Member Member { get; set; }

        public int Protocol { get; } = protocol;
    }
}
