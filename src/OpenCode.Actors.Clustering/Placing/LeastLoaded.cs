namespace OpenCode.Actors.Clustering.Placing;

/// <summary>Who gets shards that have to go somewhere: whoever has the fewest at that moment, by name among equals.</summary>
internal static class LeastLoaded
{
    /// <summary>Returns the receivers of a number of shards, in order.</summary>
    /// <param name="members">Who may get them.</param>
    /// <param name="shards">All shards.</param>
    /// <param name="count">How many there are to give.</param>
    public static IReadOnlyList<Member> Receivers(IEnumerable<Member> members, IReadOnlyList<ShardRow> shards, int count)
    {
        var loads = new PriorityQueue<Member, (int Load, string Name)>(
            members.Select(member => (member, (shards.Count(member.Owns), member.Name))), Comparer<(int Load, string Name)>.Create(Compare));
        var receivers = new List<Member>(count);
        while (receivers.Count < count && loads.TryDequeue(out var member, out var load))
        {
            receivers.Add(member);
            loads.Enqueue(member, (load.Load + 1, load.Name));
        }

        return receivers;
    }

    private static int Compare((int Load, string Name) a, (int Load, string Name) b) =>
        a.Load != b.Load ? a.Load.CompareTo(b.Load) : string.CompareOrdinal(a.Name, b.Name);
}
