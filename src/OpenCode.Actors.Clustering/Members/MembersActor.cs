using Akka.Actor;
using Akka.Cluster;

namespace OpenCode.Actors.Clustering.Members;

/// <summary>Tells when a member has come up or has gone from the cluster: shards move then. And when Akka has removed this node, which may run nothing any more then.</summary>
internal sealed class MembersActor : ReceiveActor
{
    private readonly Cluster _cluster = Cluster.Get(Context.System);

    /// <summary>Initializes a new instance of the <see cref="MembersActor"/> class.</summary>
    /// <param name="changed">Is called on the actor's thread; only tells actors.</param>
    /// <param name="removed">The same, when this node is down or removed, by its own wish or not.</param>
    public MembersActor(Action changed, Action removed)
    {
        Receive<ClusterEvent.MemberDowned>(e => IsThis(e.Member), _ => removed());
        Receive<ClusterEvent.MemberDowned>(static _ => { }); // Nothing moves before it is removed.
        Receive<ClusterEvent.MemberRemoved>(e => IsThis(e.Member), _ => removed());
        Receive<ClusterEvent.MemberUp>(_ => changed());
        Receive<ClusterEvent.MemberRemoved>(_ => changed());
    }

    public static Props PropsFor(Action changed, Action removed) => Props.Create(() => new MembersActor(changed, removed));

    protected override void PreStart() => _cluster.Subscribe(
        Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.MemberUp), typeof(ClusterEvent.MemberDowned), typeof(ClusterEvent.MemberRemoved));

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private bool IsThis(Member member) => member.UniqueAddress == _cluster.SelfUniqueAddress;
}
