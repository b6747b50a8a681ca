using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Streams.Clients;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace OpenCode.Actors.Clustering.Peers;

/// <summary>The streams of all nodes as one: the order barrier (rule "Order barrier") and the end of a location reach the hub of every node.</summary>
/// <remarks>
/// Takes <see cref="StreamHubActor.WaitFlushed"/> and <see cref="StreamHubActor.DisposeLocation"/> as the hub of one node does, and answers like it. One a node, under
/// <c>/user</c> at <see cref="ActorName"/>: so the nodes find each other. It learns of the others by <see cref="PeerUp"/> and its kin, from <see cref="ClusterPeersActor"/>.
/// </remarks>
internal sealed partial class PeerStreamsActor : ReceiveActor
{
    /// <summary>The name of the actor, the same on every node and in every version.</summary>
    public const string ActorName = "peer-streams";

    // order-barrier: for so long a client is waited for whose node was lost; it reconnects to any node.
    private static readonly TimeSpan _reconnectsWithin = TimeSpan.FromSeconds(2);

    private readonly IActorRef _hub;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Dictionary<UniqueAddress, PeerStreams> _peers = [];
    private readonly HashSet<IActorRef> _barriers = [];
    private long? _lostAt;

    /// <summary>Initializes a new instance of the <see cref="PeerStreamsActor"/> class.</summary>
    /// <param name="hub">The streams of this node, a <see cref="StreamHubActor"/>.</param>
    /// <param name="members">Makes the child that follows the members; null when they are set from outside.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">Makes the log.</param>
    public PeerStreamsActor(IActorRef hub, Props? members, TimeProvider time, ILoggerFactory loggers)
    {
        (_hub, _time, _logger) = (hub, time, loggers.CreateLogger<PeerStreamsActor>());
        if (members is not null)
            Context.ActorOf(members, "members");

        Receive<StreamHubActor.WaitFlushed>(OnWaitFlushed);
        Receive<StreamHubActor.DisposeLocation>(OnDisposeLocation);
        Receive<WaitHere>(OnWaitHere);
        Receive<DisposeHere>(message => _hub.Tell(new StreamHubActor.DisposeLocation(message.Location, message.Offset)));
        Receive<GetPeers>(_ => Sender.Tell(Now()));
        Receive<PeerUp>(OnPeerUp);
        Receive<PeerUnreachable>(message => OnReachability(message.Node, isReachable: false, message));
        Receive<PeerReachable>(message => OnReachability(message.Node, isReachable: true, message));
        Receive<PeerResets>(OnPeerResets);
        Receive<PeerGone>(OnPeerGone);
        Receive<Terminated>(message => _barriers.Remove(message.ActorRef));
    }

    /// <summary>
    /// Another node waits for the streams of this one. Answered by <see cref="Waiting"/> at once, and as the hub answers <see cref="StreamHubActor.WaitFlushed"/>. Crosses nodes.
    /// </summary>
    /// <param name="Location">The location; null for every stream.</param>
    /// <param name="Offset">The last offset that they must have sent.</param>
    public sealed record WaitHere(string? Location, long Offset) : IDeadLetterSuppression;

    /// <summary>The question has come, and the streams are being waited for. Crosses nodes.</summary>
    public sealed record Waiting : IDeadLetterSuppression;

    /// <summary>A location was disposed of at another node: its streams end here too. Crosses nodes; it may come before the log of this node has the offset.</summary>
    /// <param name="Location">The location.</param>
    /// <param name="Offset">The offset of <c>server.instance.disposed</c>.</param>
    public sealed record DisposeHere(string Location, long Offset) : IDeadLetterSuppression;

    /// <summary>Another node is up. One that is known already stays as it is.</summary>
    /// <param name="Node">Which life of which node.</param>
    /// <param name="Streams">Its <see cref="PeerStreamsActor"/>.</param>
    public sealed record PeerUp(UniqueAddress Node, ICanTell Streams);

    /// <summary>Another node is not heard any more; it may be again.</summary>
    /// <param name="Node">Which life of which node.</param>
    public sealed record PeerUnreachable(UniqueAddress Node);

    /// <summary>Another node is heard again.</summary>
    /// <param name="Node">Which life of which node.</param>
    public sealed record PeerReachable(UniqueAddress Node);

    /// <summary>Another node resets its streams: it stops, and its clients reconnect to other nodes.</summary>
    /// <param name="Node">Which life of which node.</param>
    public sealed record PeerResets(UniqueAddress Node);

    /// <summary>Another node has left, or is dead. Its clients reconnect to other nodes.</summary>
    /// <param name="Node">Which life of which node.</param>
    public sealed record PeerGone(UniqueAddress Node);

    /// <summary>Asks for the present peers. Answered by <see cref="PeersNow"/>.</summary>
    public sealed record GetPeers;

    /// <summary>The peers at this moment.</summary>
    /// <param name="Peers">Those that have streams.</param>
    /// <param name="ReconnectsFor">For how long clients of a node that was lost may still be on their way; zero for none.</param>
    public sealed record PeersNow(IReadOnlyList<PeerStreams> Peers, TimeSpan ReconnectsFor);

    public static Props PropsFor(IActorRef hub, Props? members, TimeProvider time, ILoggerFactory loggers) => Props.Create(() => new PeerStreamsActor(hub, members, time, loggers));

    // A barrier that failed has answered its asker in its end; restarted, it would know nothing of its wait.
    // Without the child that follows the members the peers are unknown: then this actor begins anew with it.
    protected override SupervisorStrategy SupervisorStrategy() =>
        new OneForOneStrategy(_ => _barriers.Contains(Sender) ? Directive.Stop : Directive.Escalate);

    private PeersNow Now()
    {
        var left = _lostAt is { } at ? _reconnectsWithin - _time.GetElapsedTime(at) : TimeSpan.Zero;
        return new PeersNow([.. _peers.Values.Where(static peer => !peer.IsResetting)], left > TimeSpan.Zero ? left : TimeSpan.Zero);
    }

    private void OnWaitFlushed(StreamHubActor.WaitFlushed message)
    {
        var now = Now();
        if (now.Peers.Count == 0 && now.ReconnectsFor == TimeSpan.Zero)
        {
            _hub.Forward(message);
            return;
        }

        var asker = Sender;
        _barriers.Add(Context.Watch(Context.ActorOf(ClusterBarrierActor.PropsFor(message, asker, _hub, now.Peers, _time, _logger))));
    }

    private void OnWaitHere(WaitHere message)
    {
        Sender.Tell(new Waiting());
        _hub.Forward(new StreamHubActor.WaitFlushed(message.Location, message.Offset));
    }

    private void OnDisposeLocation(StreamHubActor.DisposeLocation message)
    {
        _hub.Forward(message);
        foreach (var peer in _peers.Values)
            peer.Streams.Tell(new DisposeHere(message.Location, message.Offset), Self);
    }

    private void OnPeerUp(PeerUp message) => _peers.TryAdd(message.Node, new PeerStreams(message.Node, message.Streams));

    private void OnReachability(UniqueAddress node, bool isReachable, object message)
    {
        if (!_peers.TryGetValue(node, out var peer))
            return;

        _peers[node] = peer with { IsReachable = isReachable };
        TellBarriers(message);
    }

    private void OnPeerResets(PeerResets message)
    {
        if (!_peers.TryGetValue(message.Node, out var peer) || peer.IsResetting)
            return;

        _peers[message.Node] = peer with { IsResetting = true };
        _lostAt = _time.GetTimestamp();
    }

    private void OnPeerGone(PeerGone message)
    {
        if (!_peers.Remove(message.Node, out var peer))
            return;

        LogGone(_logger, message.Node.Address);
        if (!peer.IsResetting)
            _lostAt = _time.GetTimestamp();
        TellBarriers(message);
    }

    private void TellBarriers(object message)
    {
        foreach (var barrier in _barriers)
            barrier.Tell(message);
    }

    [LoggerMessage(EventId = 7080, Level = LogLevel.Debug, Message = "The streams of {Node} are not waited for any more; its clients have 2 s to reconnect to another node.")]
    private static partial void LogGone(ILogger logger, Address node);
}

/// <summary>Another node, as the order barrier knows it.</summary>
/// <param name="Node">Which life of which node.</param>
/// <param name="Streams">Its <see cref="PeerStreamsActor"/>.</param>
/// <param name="IsReachable">Whether Akka hears it.</param>
/// <param name="IsResetting">Whether it has said that it resets its streams.</param>
internal sealed record PeerStreams(UniqueAddress Node, ICanTell Streams, bool IsReachable = true, bool IsResetting = false);
