using Akka.Actor;
using Akka.Cluster;

namespace OpenCode.Actors.Clustering.Members;

/// <summary>Tells when a member has come up or has gone from the cluster: shards move then.</summary>
internal sealed class MembersActor : ReceiveActor
{
    private readonly Cluster _cluster = Cluster.Get(Context.System);

    /// <summary>Initializes a new instance of the <see cref="MembersActor"/> class.</summary>
    /// <param name="changed">Is called on the actor's thread; only tells actors.</param>
    public MembersActor(Action changed)
    {
        Receive<ClusterEvent.MemberUp>(_ => changed());
        Receive<ClusterEvent.MemberRemoved>(_ => changed());
    }

    public static Props PropsFor(Action changed) => Props.Create(() => new MembersActor(changed));

    protected override void PreStart() =>
        _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.MemberUp), typeof(ClusterEvent.MemberRemoved));

    protected override void PostStop() => _cluster.Unsubscribe(Self);
}
