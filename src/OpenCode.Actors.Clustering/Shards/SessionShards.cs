using Akka.Actor;
using Akka.Cluster.Sharding;
using OpenCode.Actors.Sessions.Commands;

namespace OpenCode.Actors.Clustering.Shards;

/// <summary>Akka's shard region of the sessions.</summary>
internal static class SessionShards
{
    /// <summary>The name of the sessions' shards, a part of the path of all their actors.</summary>
    public const string TypeName = "session";

    /// <summary>Starts the region of this node.</summary>
    /// <param name="system">The actor system.</param>
    /// <param name="tenants">Makes the sessions.</param>
    /// <param name="busyShards">Finds the shards with an unfinished turn.</param>
    /// <param name="words">Ends the moves of shards whose node is gone.</param>
    /// <returns>The region; it takes <see cref="Sessions.Region.Deliver"/>.</returns>
    public static Task<IActorRef> StartAsync(ActorSystem system, ShardTenants tenants, Func<Task<IReadOnlySet<int>>> busyShards, ShardingWords words) => ClusterSharding.Get(system).StartAsync(
        TypeName,
        tenants.PropsFor,
        ClusterShardingSettings.Create(system),
        new SessionExtractor(),
        new IdleShardAllocation(busyShards, words.EndMove),
        new Leave());
}
