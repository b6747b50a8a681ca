namespace OpenCode.Actors.Clustering.Placing;

/// <summary>How load is evened out without anybody who coordinates it: each node sees the same rows and gives away what it has too much of.</summary>
internal static class Rebalance
{
    /// <summary>Returns how many shards this node gives now, and to whom.</summary>
    /// <param name="self">This node.</param>
    /// <param name="members">Whoever may have shards, this node among them.</param>
    /// <param name="shards">All shards.</param>
    /// <param name="limit">The most that may move at once.</param>
    /// <returns>Nothing to give: zero and null.</returns>
    public static (int Count, Member? Target) Plan(Member self, IReadOnlyList<Member> members, IReadOnlyList<ShardRow> shards, int limit)
    {
        var loads = members.Select(member => (Member: member, Load: shards.Count(member.Owns)))
            .OrderBy(static entry => entry.Load).ThenBy(static entry => entry.Member.Name, StringComparer.Ordinal).ToList();
        var own = loads.Find(entry => entry.Member.Is(self)).Load;
        if (loads.Count < 2 || own - loads[0].Load < 2)
            return default;

        // Several may give to the same one at the same time, so each gives what it has above the average; at the end only the first of the fullest gives.
        var fair = (shards.Count + loads.Count - 1) / loads.Count;
        var isFullest = loads.First(entry => entry.Load == loads[^1].Load).Member.Is(self);
        var surplus = Math.Max(own - fair, isFullest ? 1 : 0);
        var count = Math.Min(Math.Min(surplus, limit), (own - loads[0].Load) / 2);
        return count > 0 ? (count, loads[0].Member) : default;
    }
}
