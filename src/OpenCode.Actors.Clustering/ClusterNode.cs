using Akka;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Cluster;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Clustering.Downing;
using OpenCode.Actors.Clustering.Draining;
using OpenCode.Actors.Clustering.Entry;
using OpenCode.Actors.Clustering.Members;
using OpenCode.Actors.Clustering.Metrics;
using OpenCode.Actors.Clustering.Peers;
using OpenCode.Actors.Clustering.Settings;
using OpenCode.Actors.Clustering.Shards;
using OpenCode.Actors.Clustering.Status;
using OpenCode.Actors.Clustering.Waking;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Protocol;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Index;
using OpenCode.Actors.Sessions.Readiness;
using OpenCode.Actors.Sessions.Region;
using OpenCode.Actors.Sessions.Setup;
using OpenCode.Actors.Streams.Clients;

namespace OpenCode.Actors.Clustering;

/// <summary>One node of the cluster: its actors, how it joins, and how it leaves.</summary>
/// <param name="parts">What the node is made of.</param>
internal sealed class ClusterNode(ClusterParts parts)
{
    /// <summary>The version of the protocol between nodes. It grows when nodes of the version before cannot run beside this one (rule "No mixed protocols").</summary>
    public const int Protocol = 4;

    private static readonly TimeSpan _leaveLimit = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan _statusLimit = TimeSpan.FromSeconds(2);
    private static readonly StreamHubActor.ResetStreams _resetStreams = new("The database has not answered for 60 s.");

    /// <summary>Gets whether this node hands its sessions over.</summary>
    public NodeDrain Drain { get; } = new();

    /// <summary>Gets what has to be a part of the actor system's setup.</summary>
    public Setup Verdicts { get; } = new VerdictSetup(parts.Arbiter, parts.Standing, parts.Probe, () => parts.Journal.Head, parts.Metrics, parts.Time, parts.Loggers);

    /// <summary>Gets Akka's shard region, once the node has started.</summary>
    public IActorRef Region { get; private set; } = ActorRefs.Nobody;

    /// <summary>Gets what sessions of this node need beside what a node that is alone gives them.</summary>
    /// <param name="alone">What they have there.</param>
    public SessionSetup Share(SessionSetup alone) => alone with
    {
        Claims = parts.Claims,
        Availability = parts.Standing.Availability,
        Passivate = static leave => new Akka.Cluster.Sharding.Passivate(leave),
        RegionOf = _ => Region,
        Failures = new RecentFailures(parts.Time),
        NewSession = ShardOf.NewSession,
        Drain = Drain,
        Progress = parts.Claims.Index,
        ReadLarge = parts.Large is { } large ? large.ReadAsync : null,
    };

    /// <summary>Starts the actors. The node is no member yet.</summary>
    /// <param name="system">The actor system, with the settings of <see cref="AkkaSettings"/> and <see cref="Verdicts"/>.</param>
    /// <param name="sessions">Makes a session.</param>
    /// <param name="makeIndex">Makes the index of sessions, over what takes commands.</param>
    /// <param name="hub">The streams of this node; null when it has none.</param>
    public async Task<ClusterActors> StartAsync(ActorSystem system, Func<SessionId, Props> sessions, Func<IActorRef, IActorRef> makeIndex, IActorRef? hub)
    {
        var cluster = Cluster.Get(system);
        var peers = new AkkaPeers(cluster);
        var me = IdentityOf(cluster);
        IActorRef index = ActorRefs.Nobody;

        var tenants = new ShardTenants(sessions, parts.Claims);
        var words = new ShardingWords(system);
        var region = await SessionShards.StartAsync(system, tenants, async () => BusyShards(await index.Ask<IndexQuery.Statuses>(SessionsWithTurns.Query, _statusLimit)), words);
        Region = region;

        // Named after the region of one node: the metrics of mailboxes go by it.
        var entry = system.ActorOf(
            EntryActor.PropsFor(new EntrySetup(region, parts.Standing.Availability, parts.Metrics, parts.Time, parts.Entropy, parts.Options.MaxHeldCommands, parts.Options.MaxHeldBytes)
            {
                HoldFor = parts.HoldFor,
                Large = parts.Large,
                ForgetHome = session => parts.Claims.Has(session) ? null : words.ForgetHome(ShardOf.Session(session)), // where it is here, the region is right
            }),
            "sessions");
        index = makeIndex(entry);
        entry.Tell(new EntryActor.UseIndex(index));

        system.ActorOf(
            LookActor.PropsFor(new LookSetup(
                parts.Arbiter, parts.Standing, () => parts.Journal.Head, () => peers.AreSilent, parts.CutOff, () => hub?.Tell(_resetStreams), parts.Time, parts.Loggers)),
            "look");
        var wake = system.ActorOf(WakeActor.PropsFor(region, index, me.Address, () => MembersUp(cluster)), "wake");
        system.ActorOf(
            MembersActor.PropsFor(
                () =>
                {
                    entry.Tell(new EntryActor.MemberGone());
                    wake.Tell(new WakeActor.MemberGone());
                },
                () => OnRemoved(system)),
            "members");
        var status = system.ActorOf(
            ClusterViewActor.PropsFor(new ClusterViewSetup(me, () => MemberLine.Of(cluster), region, ReadRowsAsync, parts.Standing.Availability, parts.Metrics)), "cluster-view");
        Connect(parts.Metrics, me);
        var barrier = hub is null ? ActorRefs.Nobody : system.ActorOf(PeerStreamsActor.PropsFor(hub, ClusterPeersActor.PropsFor(), parts.Time, parts.Loggers), PeerStreamsActor.ActorName);
        var drain = system.ActorOf(
            DrainActor.PropsFor(new DrainSetup(
                region, index, parts.Claims.Has, Drain, TimeSpan.FromMilliseconds(parts.Options.TurnWindowMs), parts.Loggers)),
            "drain");
        DrainAtShutdown(system, drain, entry);
        return new ClusterActors(region, entry, index, barrier, status);
    }

    /// <summary>Joins, and returns when the node may run sessions. Throws as <see cref="NodeJoin"/> does.</summary>
    public Task JoinAsync(ActorSystem system, CancellationToken cancellationToken)
    {
        var cluster = Cluster.Get(system);
        var me = new NodeDescription(IdentityOf(cluster), Protocol, OpenCodeVersion.Value, parts.Options.Location, parts.Options.ConnectionTag);
        return new NodeJoin(parts.Arbiter, parts.Probe, parts.Standing, parts.Time, parts.Loggers.CreateLogger<NodeJoin>()).RunAsync(cluster, me, cancellationToken);
    }

    private static HashSet<int> BusyShards(IndexQuery.Statuses statuses) => SessionsWithTurns.In(statuses).Select(ShardOf.Session).ToHashSet();

    private static List<string> MembersUp(Cluster cluster) =>
        [.. cluster.State.Members.Where(static member => member.Status == MemberStatus.Up).Select(static member => member.Address.ToString())];

    // own-row-is-watched: without Akka's cluster there is no region, and no way back into it for this life. A node that stops is removed by its own wish.
    private void OnRemoved(ActorSystem system)
    {
        if (CoordinatedShutdown.Get(system).ShutdownReason is null)
            parts.Standing.Remove("Akka's cluster has removed this node: another one took it for a life of this address that has ended. Start it again.");
    }

    private async ValueTask<ClusterRows> ReadRowsAsync(CancellationToken cancellationToken)
    {
        var shards = await parts.Arbiter.ReadShardsAsync(cancellationToken);
        return new ClusterRows(parts.Standing.Now.Look?.Living ?? [], shards);
    }

    private void Connect(ClusterMetrics metrics, NodeIdentity me)
    {
        metrics.IsSuspended = () => parts.Standing.Availability.Now.State == NodeState.Suspended;
        metrics.ShardsHere = () => parts.Claims.Shards.Count;
        metrics.TailLag = () => parts.Standing.Now.Look?.Living.FirstOrDefault(row => row.Description.Identity.IsSameLife(me))?.Behind ?? 0;
    }

    private NodeIdentity IdentityOf(Cluster cluster) => new(parts.Options.Name, cluster.SelfUniqueAddress.Uid, cluster.SelfAddress.ToString());

    // Akka hands the shards over between the first of these and the second. Streams are reset beside the last one.
    private void DrainAtShutdown(ActorSystem system, IActorRef drain, IActorRef entry)
    {
        var shutdown = CoordinatedShutdown.Get(system);
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceRequestsDone, "drain-turns", async () =>
        {
            await drain.Ask<DrainActor.Drained>(new DrainActor.Drain(), shutdown.Timeout(CoordinatedShutdown.PhaseServiceRequestsDone));
            return Done.Instance;
        });
        shutdown.AddTask(CoordinatedShutdown.PhaseClusterLeave, "close-entry", async () =>
        {
            await entry.Ask<EntryActor.Closed>(new EntryActor.Close(), _leaveLimit);
            return Done.Instance;
        });
        shutdown.AddTask(CoordinatedShutdown.PhaseClusterShutdown, "leave-arbiter", async () =>
        {
            if (parts.Standing.Availability.Now is { IsOver: true } or { State: NodeState.Joining })
                return Done.Instance;

            parts.Standing.Leave();
            using var deadline = new CancellationTokenSource(_leaveLimit, parts.Time);
            await parts.Arbiter.LeaveAsync(deadline.Token);
            return Done.Instance;
        });
    }
}

/// <summary>The actors of a node that others ask.</summary>
/// <param name="Region">Akka's shard region.</param>
/// <param name="Entry">Takes the commands.</param>
/// <param name="Index">The index of sessions.</param>
/// <param name="Barrier">The order barrier over all nodes.</param>
/// <param name="Status">Tells how the cluster is.</param>
internal sealed record ClusterActors(IActorRef Region, IActorRef Entry, IActorRef Index, IActorRef Barrier, IActorRef Status);

/// <summary>What a node is made of.</summary>
internal sealed record ClusterParts(
    ClusterNodeOptions Options,
    IArbiter Arbiter,
    IJournal Journal,
    NodeStanding Standing,
    ShardClaims Claims,
    ClusterMetrics Metrics,
    IPortProbe Probe,
    Action CutOff,
    IEntropy Entropy,
    TimeProvider Time,
    ILoggerFactory Loggers)
{
    /// <summary>Gets how long a command is held until its session has answered.</summary>
    public TimeSpan HoldFor { get; init; } = EntrySetup.Hold;

    /// <summary>Gets the way of commands over 256 KiB; null to refuse those that no frame can hold.</summary>
    public LargeCommands? Large { get; init; }
}
