using OpenCode.Actors.Clustering;
using OpenCode.Actors.Clustering.Looks;
using OpenCode.Actors.Clustering.Memory;
using OpenCode.Actors.TestKit;

namespace OpenCode.Actors.Tests.Clustering;

/// <summary>One process of a <see cref="ClusterKit"/>: it can be frozen and killed.</summary>
internal sealed class TestNode
{
    private readonly ClusterKit _kit;
    private readonly ClusterOptions _options;
    private readonly SimulationDispatcher _dispatcher;
    private readonly ActorSystem _system;
    private readonly IActorRef _actor;

    public TestNode(ClusterKit kit, ClusterOptions options, TimeProvider time, ulong? seed)
    {
        _kit = kit;
        _options = options;
        _dispatcher = new SimulationDispatcher(seed is { } order ? new SeededEntropy(order) : null);
        var system = new ActorSystemOptions { Dispatcher = _dispatcher, Time = time, Entropy = new SeededEntropy(seed ?? 1), LoggerFactory = kit.Logs };
        foreach (var name in (string[])["pool", "pinned", "blocking"])
            system.Dispatchers[name] = _dispatcher;
        _system = ActorSystem.Create(options.Name, system);
        Membership = new MemoryMembership(kit.Database, kit.Time, options.Tag);
        State = new ClusterState(options, time);
        Host = new RecordingHost(this);
        _actor = _system.ActorOf(
            ClusterActor.PropsFor(new ClusterSetup(State, Membership, Host, kit.Network, options, time, new ClusterMetrics(), kit.Logs)), "cluster");
    }

    public string Name => _options.Name;

    public MemoryMembership Membership { get; }

    public ClusterState State { get; }

    public ICluster Cluster => State;

    public RecordingHost Host { get; }

    public bool IsFrozen { get; set; }

    public bool IsKilled { get; private set; }

    public int Served => Enumerable.Range(0, _options.ShardCount).Count(shard => Cluster.RouteTo(shard) is ShardRoute.Here);

    public bool RunNext() => !IsFrozen && !IsKilled && _dispatcher.RunNext();

    /// <summary>kill -9.</summary>
    public void Kill()
    {
        IsKilled = true;
        Membership.Kill();
        _kit.Network.Set(_options.Url!, Reach.Refused);
    }

    /// <summary>The machine is gone: nobody says so, and its connections stay until the keepalive gives up.</summary>
    public void LoseMachine()
    {
        IsKilled = true;
        Membership.Link = LinkState.Cut;
        _kit.Network.Set(_options.Url!, Reach.Unknown);
    }

    public Task Drain() => Ask<ClusterActor.Drained>(ClusterActor.Drain.Instance);

    public Task Leave() => Ask<ClusterActor.Left>(ClusterActor.Leave.Instance);

    /// <summary>The process ends after it has left.</summary>
    public void Exit() => Kill();

    public void End() => _ = _system.TerminateAsync();

    private Task<T> Ask<T>(object message)
    {
        var answer = _actor.Ask<T>(message, TimeSpan.FromMinutes(10));
        _kit.RunDry();
        return answer;
    }
}
