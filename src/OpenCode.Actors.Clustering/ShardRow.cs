namespace OpenCode.Actors.Clustering;

/// <summary>Who owns a shard, as its row in the database says.</summary>
/// <param name="Shard">The shard, from 0.</param>
/// <param name="Owner">The name of the last owner, who may be dead by now; null when nobody ever had it.</param>
/// <param name="Incarnation">Which life of the owner; 0 when nobody ever had it.</param>
/// <param name="Token">Grows with every change of the owner, so that what an earlier one writes is refused.</param>
/// <param name="WrittenThrough">Told with a handover alone: the log up to this offset has all that earlier owners wrote to the shard's sessions. Null where only the log itself tells.</param>
public sealed record ShardRow(int Shard, string? Owner, long Incarnation, long Token, long? WrittenThrough = null);
