using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Streams.Clients;

namespace OpenCode.Actors.Clustering.Peers;

/// <summary>One wait of an endpoint for the streams of a location on all nodes (rule "Order barrier"): at most 5 s, over two rounds of questions.</summary>
/// <remarks>
/// In a round the own hub and all peers are asked side by side. A client whose stream was reset, or whose node was lost, reconnects to any node, also to one that had no streams
/// when it was asked. So where a client was waited for, all nodes are asked once more.
/// </remarks>
internal sealed class ClusterBarrierActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(5);

    // A round that took less has waited for no client that was on its way.
    private static readonly TimeSpan _atOnce = TimeSpan.FromMilliseconds(100);

    private readonly StreamHubActor.WaitFlushed _wait;
    private readonly IActorRef _asker;
    private readonly IActorRef _hub;
    private readonly IReadOnlyList<PeerStreams> _firstPeers;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Dictionary<UniqueAddress, IActorRef> _waits = [];
    private long _began;
    private bool _isHubPending;
    private bool _hasReconnected;
    private bool _isLastRound;
    private bool _hasAnswered;

    public ClusterBarrierActor(StreamHubActor.WaitFlushed wait, IActorRef asker, IActorRef hub, IReadOnlyList<PeerStreams> peers, TimeProvider time, ILogger logger)
    {
        (_wait, _asker, _hub, _firstPeers, _time, _logger) = (wait, asker, hub, peers, time, logger);

        Receive<StreamHubActor.Flushed>(_ => OnHubFlushed());
        Receive<StreamHubActor.ShuttingDown>(Answer); // The endpoint's own node stops.
        Receive<Terminated>(OnPeerDone);
        Receive<PeerStreamsActor.PeerResets>(message => Context.Parent.Tell(message));
        Receive<PeerStreamsActor.PeerGone>(message => TellWait(message.Node, message));
        Receive<PeerStreamsActor.PeerUnreachable>(message => TellWait(message.Node, message));
        Receive<PeerStreamsActor.PeerReachable>(message => TellWait(message.Node, message));
        Receive<PeerStreamsActor.PeersNow>(OnPeersNow);
        Receive<Reconnected>(_ => OnReconnected());
        Receive<GiveUp>(_ => AnswerFlushed());
    }

    private sealed record Reconnected;

    private sealed record GiveUp;

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Makes a barrier.</summary>
    /// <param name="wait">What is waited for.</param>
    /// <param name="asker">It is answered as by the hub.</param>
    /// <param name="hub">The streams of this node.</param>
    /// <param name="peers">The nodes to ask first.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public static Props PropsFor(StreamHubActor.WaitFlushed wait, IActorRef asker, IActorRef hub, IReadOnlyList<PeerStreams> peers, TimeProvider time, ILogger logger) =>
        Props.CreateBy(new ActorProducer<ClusterBarrierActor>(() => new ClusterBarrierActor(wait, asker, hub, peers, time, logger)));

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(static _ => Directive.Stop);

    protected override void PreStart()
    {
        _began = _time.GetTimestamp();
        Timers.StartSingleTimer(nameof(GiveUp), new GiveUp(), _limit);
        AskAll(_firstPeers);
    }

    // The system may end during a wait: without an answer the endpoint would wait for its own timeout.
    protected override void PostStop()
    {
        if (!_hasAnswered)
            _asker.Tell(new StreamHubActor.ShuttingDown(), ActorRefs.NoSender);
    }

    private void AskAll(IReadOnlyList<PeerStreams> peers)
    {
        _isHubPending = true;
        _hub.Tell(_wait);
        foreach (var peer in peers)
            _waits.Add(peer.Node, Context.Watch(Context.ActorOf(PeerWaitActor.PropsFor(_wait, peer, _logger))));
    }

    private void OnHubFlushed()
    {
        _isHubPending = false;
        EndRoundIfDone();
    }

    private void OnPeerDone(Terminated message)
    {
        _waits.Remove(_waits.First(wait => wait.Value.Equals(message.ActorRef)).Key);
        EndRoundIfDone();
    }

    private void TellWait(UniqueAddress node, object message)
    {
        if (_waits.TryGetValue(node, out var wait))
            wait.Tell(message);
    }

    private void EndRoundIfDone()
    {
        if (_isHubPending || _waits.Count > 0)
            return;

        if (_isLastRound)
            AnswerFlushed();
        else
            Context.Parent.Tell(new PeerStreamsActor.GetPeers()); // Some may have come or gone meanwhile.
    }

    private void OnPeersNow(PeerStreamsActor.PeersNow message)
    {
        if (message.ReconnectsFor > TimeSpan.Zero && !_hasReconnected)
        {
            Timers.StartSingleTimer(nameof(Reconnected), new Reconnected(), message.ReconnectsFor);
        }
        else if (_hasReconnected || _time.GetElapsedTime(_began) > _atOnce)
        {
            _isLastRound = true;
            AskAll(message.Peers);
        }
        else
        {
            AnswerFlushed();
        }
    }

    private void OnReconnected()
    {
        _hasReconnected = true;
        Context.Parent.Tell(new PeerStreamsActor.GetPeers());
    }

    private void AnswerFlushed() => Answer(new StreamHubActor.Flushed(_wait.Location, _wait.Offset));

    private void Answer(object answer)
    {
        _hasAnswered = true;
        _asker.Tell(answer, Context.Parent);
        Context.Stop(Self);
    }
}
