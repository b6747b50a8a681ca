using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster.Sharding;

namespace OpenCode.Actors.Clustering.Shards;

/// <summary>Allocates a shard to the node with the fewest and rebalances a few at a time, only shards without an unfinished turn (rule "Running turns are not moved").</summary>
/// <remarks>
/// A node that dies while it hands a shard over does not say that it has stopped it. The coordinator would wait for that until the hand-off's time is over, 8 s, and no node has the
/// shard. So the moves are remembered, and ended when their node is gone.
/// </remarks>
/// <param name="busyShards">Finds the shards with an unfinished turn. What it throws puts the evening out off.</param>
/// <param name="endMove">Ends the move of a shard whose node is gone; does nothing to one that has ended.</param>
internal sealed class IdleShardAllocation(Func<Task<IReadOnlySet<int>>> busyShards, Action<string> endMove) : IShardAllocationStrategy
{
    /// <summary>How many shards are on the move at the same time.</summary>
    public const int MaxMoves = 4;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, IActorRef> _moves = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public Task<IActorRef> AllocateShard(IActorRef requester, string shardId, IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations)
    {
        EndMovesOfThoseGone(currentShardAllocations);
        return Task.FromResult(currentShardAllocations
            .OrderBy(static region => region.Value.Count)
            .ThenBy(region => region.Key.Equals(requester) ? 0 : 1)
            .ThenBy(static region => region.Key.Path.ToString(), StringComparer.Ordinal)
            .First().Key);
    }

    /// <inheritdoc/>
    public async Task<IImmutableSet<string>> Rebalance(
        IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations, IImmutableSet<string> rebalanceInProgress)
    {
        ForgetMovesBut(rebalanceInProgress);
        EndMovesOfThoseGone(currentShardAllocations);
        if (rebalanceInProgress.Count > 0 || !IsUneven(currentShardAllocations.Values.Select(static shards => shards.Count)))
            return ImmutableHashSet<string>.Empty;

        IReadOnlySet<int> busy;
        try
        {
            busy = await busyShards();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return ImmutableHashSet<string>.Empty; // Asked again in a second.
        }

        var chosen = Choose(currentShardAllocations.Values, busy);
        lock (_gate)
        {
            foreach (var shard in chosen)
                _moves[shard] = currentShardAllocations.First(region => region.Value.Contains(shard, StringComparer.Ordinal)).Key;
        }

        return chosen;
    }

    /// <summary>Chooses the shards to move: from the node with the most that can be moved, as long as another one has two fewer.</summary>
    internal static ImmutableHashSet<string> Choose(IEnumerable<IReadOnlyList<string>> shardsOfNodes, IReadOnlySet<int> busy)
    {
        var nodes = shardsOfNodes.Select(shards => (Idle: new Queue<string>(shards.Where(shard => !busy.Contains(ShardOf.Parse(shard)))), shards.Count)).ToList();
        var moves = ImmutableHashSet.CreateBuilder<string>(StringComparer.Ordinal);
        while (moves.Count < MaxMoves)
        {
            var to = nodes.FindIndex(node => node.Count == nodes.Min(static other => other.Count));
            var from = nodes.Index().Where(node => node.Item.Idle.Count > 0).OrderByDescending(static node => node.Item.Count).Select(static node => node.Index).DefaultIfEmpty(to).First();
            if (nodes[from].Count - nodes[to].Count < 2)
                break;

            moves.Add(nodes[from].Idle.Dequeue());
            nodes[from] = nodes[from] with { Count = nodes[from].Count - 1 };
            nodes[to] = nodes[to] with { Count = nodes[to].Count + 1 };
        }

        return moves.ToImmutable();
    }

    private void ForgetMovesBut(IImmutableSet<string> underWay)
    {
        lock (_gate)
        {
            foreach (var shard in _moves.Keys.Where(shard => !underWay.Contains(shard)).ToList())
                _moves.Remove(shard);
        }
    }

    // Called as soon as a lost shard is allocated, and every second.
    private void EndMovesOfThoseGone(IImmutableDictionary<IActorRef, IImmutableList<string>> regions)
    {
        lock (_gate)
        {
            foreach (var move in _moves.Where(move => !regions.ContainsKey(move.Value)))
                endMove(move.Key);
        }
    }

    private static bool IsUneven(IEnumerable<int> counts)
    {
        var all = counts.ToList();
        return all.Count > 1 && all.Max() - all.Min() > 1;
    }
}
