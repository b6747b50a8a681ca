using OpenCode.Actors.Clustering;
using OpenCode.Actors.Journaling;
using OpenCode.Actors.Sessions.Sharding;

namespace OpenCode.Actors.Server.Cluster;

/// <summary>A refused append is news of the cluster: look at it now.</summary>
internal sealed class LostShards(IServiceProvider services) : IShardWatch
{
    // Asked for late: the cluster needs the region, and the region this.
    public void OnLost(Fence fence) => services.GetRequiredService<ICluster>().LookAgain();
}
