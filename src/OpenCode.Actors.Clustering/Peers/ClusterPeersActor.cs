using Akka.Actor;
using Akka.Cluster;

namespace OpenCode.Actors.Clustering.Peers;

/// <summary>Follows the members of Akka's cluster and tells its parent, a <see cref="PeerStreamsActor"/>, about the others that serve clients.</summary>
internal sealed class ClusterPeersActor : ReceiveActor
{
    private readonly Cluster _cluster = Cluster.Get(Context.System);

    public ClusterPeersActor()
    {
        // A node that leaves serves its clients until it is removed.
        Receive<ClusterEvent.MemberUp>(message => OnUp(message.Member));
        Receive<ClusterEvent.MemberLeft>(message => OnUp(message.Member));
        Receive<ClusterEvent.MemberExited>(message => OnUp(message.Member));
        Receive<ClusterEvent.MemberDowned>(message => OnGone(message.Member));
        Receive<ClusterEvent.MemberRemoved>(message => OnGone(message.Member));
        Receive<ClusterEvent.UnreachableMember>(message => Context.Parent.Tell(new PeerStreamsActor.PeerUnreachable(message.Member.UniqueAddress)));
        Receive<ClusterEvent.ReachableMember>(message => Context.Parent.Tell(new PeerStreamsActor.PeerReachable(message.Member.UniqueAddress)));
    }

    public static Props PropsFor() => Props.Create(static () => new ClusterPeersActor());

    protected override void PreStart() => _cluster.Subscribe(
        Self,
        ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents,
        typeof(ClusterEvent.MemberUp),
        typeof(ClusterEvent.MemberLeft),
        typeof(ClusterEvent.MemberExited),
        typeof(ClusterEvent.MemberDowned),
        typeof(ClusterEvent.MemberRemoved),
        typeof(ClusterEvent.UnreachableMember),
        typeof(ClusterEvent.ReachableMember));

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private void OnUp(Member member)
    {
        if (member.UniqueAddress != _cluster.SelfUniqueAddress)
            Context.Parent.Tell(new PeerStreamsActor.PeerUp(member.UniqueAddress, Context.ActorSelection(new RootActorPath(member.Address) / "user" / PeerStreamsActor.ActorName)));
    }

    private static void OnGone(Member member) => Context.Parent.Tell(new PeerStreamsActor.PeerGone(member.UniqueAddress));
}
