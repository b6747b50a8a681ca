using OpenCode.Actors.Journaling;

namespace OpenCode.Actors.Clustering;

/// <summary>A shard that its owner gives to another member.</summary>
/// <param name="Fence">The shard, and the token that the owner has it under.</param>
/// <param name="Target">Who gets it.</param>
/// <param name="WrittenThrough">The log up to this offset has all that was ever written to the shard's sessions; null where its owner does not know.</param>
public sealed record Handover(Fence Fence, Member Target, long? WrittenThrough = null)
{
    /// <summary>Gets the shard's row once it is given.</summary>
    public ShardRow After => new(Fence.Shard, Target.Name, Target.Incarnation, Fence.Token + 1, WrittenThrough);
}
