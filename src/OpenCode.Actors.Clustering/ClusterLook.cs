namespace OpenCode.Actors.Clustering;

/// <summary>What one look at the database has seen.</summary>
/// <param name="Connection">Which connection it was made on: another number for each one.</param>
/// <param name="Life">Which life of the database: another text after a restart, a failover, a restore.</param>
/// <param name="Members">All that are not dead, by name.</param>
/// <param name="Shards">All shards in order.</param>
public sealed record ClusterLook(long Connection, string Life, IReadOnlyList<SeenMember> Members, IReadOnlyList<ShardRow> Shards);

/// <summary>A member as a look has seen it.</summary>
/// <param name="Member">Its row.</param>
/// <param name="IsLockHeld">Whether some connection holds its advisory lock: it goes with the process.</param>
public sealed record SeenMember(Member Member, bool IsLockHeld);
