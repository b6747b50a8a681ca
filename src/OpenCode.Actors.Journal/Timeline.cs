namespace OpenCode.Actors.Journal;

/// <summary>One start of a log, or one life of a store that many share.</summary>
/// <param name="Number">1 for the first, then a time: greater at each start, and never the number of a generation that a restore has undone.</param>
/// <param name="HeadBefore">The head of the log when it began: 0 for the first.</param>
public sealed record Generation(long Number, long HeadBefore)
{
    private static readonly DateTimeOffset _firstTime = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Gets the number of a generation that follows another: the milliseconds since 2020.</summary>
    /// <remarks>
    /// A backup does not know the generations after it, and none of their numbers may be given again. A restore and a start take longer than a millisecond; within a second both
    /// can happen. Earlier versions counted seconds, so their numbers are smaller.
    /// </remarks>
    /// <param name="last">The number of the last one.</param>
    /// <param name="now">The time.</param>
    internal static long NextNumber(long last, DateTimeOffset now) => Math.Max(last + 1, (long)(now - _firstTime).TotalMilliseconds);
}

/// <summary>Identifies the life of the log that an offset belongs to (rule "Good cursor").</summary>
/// <param name="Id">8 letters and digits, random, as old as the log.</param>
/// <param name="Generations">All starts, in order; the last is the one that runs. A log that was opened has at least one.</param>
public sealed record Timeline(string Id, IReadOnlyList<Generation> Generations)
{
    /// <summary>Gets the number of the generation that runs.</summary>
    public long Current => Generations[^1].Number;

    /// <summary>Gets the head with which the generation that runs began.</summary>
    public long Beginning => Generations[^1].HeadBefore;

    /// <summary>
    /// Gets the least head that any later generation began with. An offset of <paramref name="generation"/> beyond it was lost with an un-synced tail: it may name another
    /// entry by now.
    /// </summary>
    /// <param name="generation">The generation of a cursor.</param>
    /// <returns>The head, or <see cref="long.MaxValue"/> when there is no later generation. 0 for a generation that is not (any more) among those of this log: a restored store
    /// knows nothing of the lives that came after its backup, and nothing of such a life can be relied on.</returns>
    public long LeastHeadAfter(long generation)
    {
        if (generation < Current && !Generations.Any(g => g.Number == generation))
            return 0;

        var least = long.MaxValue;
        for (var i = Generations.Count - 1; i >= 0 && Generations[i].Number > generation; i--)
            least = Math.Min(least, Generations[i].HeadBefore);

        return least;
    }
}
