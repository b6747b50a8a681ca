using OpenCode.Actors.Journaling;

namespace OpenCode.Actors.Sessions.Sharding;

/// <summary>Hears what sessions find out about the ownership of their shard. Registered, it makes the node one of a cluster: nothing runs before its shard is opened.</summary>
internal interface IShardWatch
{
    /// <summary>The journal refused an append: somebody else owns the shard. Its sessions have been told to stop.</summary>
    /// <param name="fence">The claim that no longer holds.</param>
    void OnLost(Fence fence);

    /// <summary>The region has failed and begun anew: no shard is open in it, it is not suspended, and what it was asked before is not answered any more.</summary>
    void OnRestarted();
}
