using OpenCode.Actors.Clustering;
using OpenCode.Actors.Clustering.Looks;
using OpenCode.Actors.Clustering.Memory;
using OpenCode.Actors.TestKit;

namespace OpenCode.Actors.Tests.Clustering;

/// <summary>Several nodes over one database on one thread and one clock. Nothing runs by itself.</summary>
internal sealed class ClusterKit : IDisposable
{
    private readonly List<TestNode> _nodes = [];
    private readonly ulong? _seed;

    public ClusterKit(ulong? seed = null)
    {
        _seed = seed;
        Time.Settle = RunDry;
    }

    public VirtualTime Time { get; } = new();

    public MemoryClusterDatabase Database { get; } = new();

    public MemoryNetwork Network { get; } = new();

    public RecordingLogs Logs { get; } = new();

    /// <summary>All nodes whose process is there, frozen ones too.</summary>
    public IEnumerable<TestNode> Nodes => _nodes.Where(node => !node.IsKilled);

    /// <summary>Starts a node; <paramref name="utcSkew"/> is how far its clock is off.</summary>
    public TestNode Start(string name, TimeSpan utcSkew = default, Action<ClusterOptions>? configure = null)
    {
        var options = new ClusterOptions { Name = name, Url = new Uri($"http://{name}:4096"), Tag = $"oc/{name}-{_nodes.Count}", Version = "1", DefaultLocation = "/proj" };
        configure?.Invoke(options);
        Network.Set(options.Url, Reach.Accepted);
        var node = new TestNode(this, options, new SkewedTime(Time, utcSkew), _seed is { } seed ? seed + (ulong)_nodes.Count : null);
        _nodes.Add(node);
        RunDry();
        return node;
    }

    /// <summary>Starts nodes and waits until each has its share.</summary>
    public TestNode[] StartEven(params string[] names)
    {
        var nodes = names.Select(name => Start(name)).ToArray();
        Advance(60);
        AssertServed();
        AssertEven();
        return nodes;
    }

    public void Advance(double seconds) => Time.Advance(TimeSpan.FromSeconds(seconds));

    /// <summary>Moves the clock in small steps until it is so; returns how long it took.</summary>
    public double AdvanceUntil(Func<bool> condition, double limitSeconds)
    {
        const double step = 0.05;
        for (var passed = 0.0; passed <= limitSeconds; passed += step)
        {
            if (condition())
                return passed;
            Advance(step);
        }

        Assert.Fail($"It did not come true within {limitSeconds} s. {Describe()}");
        return limitSeconds;
    }

    public void RunDry()
    {
        bool ran;
        do
        {
            ran = false;
            foreach (var node in _nodes)
            {
                while (node.RunNext())
                    ran = true;
            }
        }
        while (ran);
        AssertOneOwner();
    }

    /// <summary>At no moment do two nodes think that they may run one shard; and whoever does so under the token of the database is who the database names.</summary>
    public void AssertOneOwner()
    {
        foreach (var row in Database.Shards)
        {
            TestNode? owner = null;
            foreach (var node in Nodes)
            {
                if (node.Cluster.RouteTo(row.Shard) is not ShardRoute.Here here)
                    continue;
                Assert.True(owner is null, $"Shard {row.Shard} is here on {owner?.Name} and on {node.Name}.");
                Assert.True(here.Fence.Token <= row.Token, $"Shard {row.Shard} has token {here.Fence.Token} on {node.Name}, {row.Token} in the database.");
                Assert.True(here.Fence.Token < row.Token || node.Cluster.View.Self.Owns(row), $"Shard {row.Shard} is here on {node.Name}, but the database says {row.Owner}.");
                owner = node;
            }
        }
    }

    public bool IsServed(int shard) => Nodes.Any(node => node.Cluster.RouteTo(shard) is ShardRoute.Here);

    public bool AreAllServed() => Database.Shards.Count > 0 && Database.Shards.All(row => IsServed(row.Shard));

    public void AssertServed() => Assert.True(AreAllServed(), Describe());

    /// <summary>Each member that runs has its share, within a fifth.</summary>
    public void AssertEven()
    {
        var fair = (double)Database.Shards.Count / Nodes.Count();
        Assert.All(Nodes, node => Assert.InRange(node.Served, Math.Floor(fair * 0.8), Math.Ceiling(fair * 1.2)));
    }

    public string Describe() => string.Join("; ", Nodes.Select(node => $"{node.Name}.{node.Cluster.View.Self.Incarnation} {node.Cluster.Standing} serves {node.Served}"))
        + $"; database: {string.Join(", ", Database.Members)}";

    public void Dispose()
    {
        foreach (var node in _nodes)
            node.End();
    }

    /// <summary>A wall clock that is off; its timers and its monotonic clock are those of everybody.</summary>
    private sealed class SkewedTime(VirtualTime time, TimeSpan skew) : TimeProvider
    {
        public override long TimestampFrequency => time.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + skew;

        public override long GetTimestamp() => time.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => time.CreateTimer(callback, state, dueTime, period);
    }
}
