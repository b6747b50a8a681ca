namespace OpenCode.Actors.Server.Cluster.Forwarding;

/// <summary>The session of a request does not run here. Nothing was changed; the request belongs to the owner of its shard.</summary>
/// <param name="shard">The shard; null when any would do, and this node has none.</param>
internal sealed class MisroutedException(int? shard) : Exception(
    shard is null ? "This node has no shard for a new session at the moment." : $"Shard {shard} is not open on this node.")
{
    public int? Shard { get; } = shard;
}
