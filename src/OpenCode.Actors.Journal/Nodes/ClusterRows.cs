namespace OpenCode.Actors.Journal.Nodes;

/// <summary>What the database says of a cluster at one moment. For people and metrics: no decision is made from it.</summary>
/// <param name="Nodes">The nodes that are not dead, by name.</param>
/// <param name="Shards">Which node claimed each shard last, in order.</param>
/// <param name="WithoutProcess">Those of the nodes whose process no longer holds its lock; null where the locks were not read.</param>
public sealed record ClusterRows(IReadOnlyList<NodeRow> Nodes, IReadOnlyList<ShardRow> Shards, IReadOnlyList<NodeIdentity>? WithoutProcess = null)
{
    /// <summary>Gets the shards whose last owner is dead and which no node has claimed since, in order. The next command for one of their sessions claims such a shard.</summary>
    public IReadOnlyList<int> Unowned => [.. Shards.Where(shard => shard.Owner is { } owner && !Nodes.Any(node => node.Description.Identity.IsSameLife(owner))).Select(static shard => shard.Shard)];

    /// <summary>Gets how many shards no node has ever claimed: none of their sessions has run.</summary>
    public int NeverClaimed => Shards.Count(static shard => shard.Owner is null);

    /// <summary>Counts the shards that a node claimed last.</summary>
    /// <param name="node">Which life of which node.</param>
    public int ShardsOf(NodeIdentity node) => Shards.Count(shard => shard.Owner is { } owner && owner.IsSameLife(node));

    /// <summary>True if the process of a node still holds its lock; null where that was not read.</summary>
    /// <param name="node">Which life of which node.</param>
    public bool? HasProcess(NodeIdentity node) => WithoutProcess is null ? null : !WithoutProcess.Any(other => other.IsSameLife(node));
}
