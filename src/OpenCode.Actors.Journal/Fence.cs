namespace OpenCode.Actors.Journal;

/// <summary>The claim to own a shard, checked in the transaction of the writes that it covers.</summary>
/// <param name="Shard">The shard, from 0.</param>
/// <param name="Token">What the owner was given with it: it grows with every change of the owner, so one of an earlier time writes nothing.</param>
public sealed record Fence(int Shard, long Token);
