using OpenCode.Actors.Clustering;
using OpenCode.Actors.Journaling;
using OpenCode.Actors.Sessions.Sharding;

namespace OpenCode.Actors.Server.Cluster;

/// <summary>What the region says of its shards, for the cluster.</summary>
internal sealed class LostShards(IServiceProvider services) : IShardWatch
{
    // Asked for late: the cluster needs the region, and the region this.
    public void OnLost(Fence fence) => services.GetRequiredService<ICluster>().LookAgain();

    public void OnRestarted()
    {
        services.GetRequiredService<RegionShardHost>().BeginAnew();
        services.GetRequiredService<ICluster>().OpenAgain();
    }
}
