using OpenCode.Actors.Journaling;

namespace OpenCode.Actors.Clustering;

/// <summary>A shard that its owner gives to another member.</summary>
/// <param name="Fence">The shard, and the token that the owner has it under.</param>
/// <param name="Target">Who gets it.</param>
public sealed record Handover(Fence Fence, Member Target);
