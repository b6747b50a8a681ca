namespace OpenCode.Actors.Clustering;

/// <summary>What this node knows of the cluster. It changes only by looks at the database.</summary>
/// <param name="Version">Grows with every change of anything but a beat, standing and opened shards included; of this process alone.</param>
/// <param name="Members">All that are not dead, by name.</param>
/// <param name="Shards">All shards; the place in the list is the shard. Empty before the first look.</param>
/// <param name="Self">This node; its incarnation is 0 before it has joined.</param>
public sealed record ClusterView(long Version, IReadOnlyList<Member> Members, IReadOnlyList<ShardRow> Shards, Member Self);
