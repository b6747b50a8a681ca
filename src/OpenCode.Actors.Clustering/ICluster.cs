namespace OpenCode.Actors.Clustering;

/// <summary>What this node knows of the cluster, for everybody who asks. All members may be called from any thread.</summary>
public interface ICluster
{
    /// <summary>Gets the last view.</summary>
    ClusterView View { get; }

    /// <summary>Gets what this node may do. <see cref="Clustering.Standing.Serving"/> turns to <see cref="Clustering.Standing.Suspended"/> by the clock, without a look.</summary>
    Standing Standing { get; }

    /// <summary>
    /// Gets a task that ends when this node is a member for the first time, and fails with a <see cref="ClusterRefusedException"/> when it may not be one: nothing is tried
    /// again then, so end the process with its message.
    /// </summary>
    Task Joined { get; }

    /// <summary>Says where the commands of a shard go.</summary>
    /// <param name="shard">0 to the number of shards less one.</param>
    /// <returns><see cref="ShardRoute.Here"/> only while this node is before its local deadline and the host has opened the shard.</returns>
    ShardRoute RouteTo(int shard);

    /// <summary>Waits until the view is newer.</summary>
    /// <param name="version">The version the caller has seen.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The newer view.</returns>
    ValueTask<ClusterView> WaitForChangeAsync(long version, CancellationToken cancellationToken);

    /// <summary>Says how long ago a look has shown that a member has renewed its lease since the look before.</summary>
    /// <param name="member">One life of a node.</param>
    /// <returns><see cref="TimeSpan.MaxValue"/> where no look has.</returns>
    TimeSpan SinceBeat(Member member);

    /// <summary>Asks for a look at the database now: a route has turned out to be wrong.</summary>
    void LookAgain();

    /// <summary>Has the shards of this node opened to its host once more: it has begun anew and runs none of them. Until then there is no route to them.</summary>
    void OpenAgain();
}
