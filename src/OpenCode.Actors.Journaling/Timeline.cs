namespace OpenCode.Actors.Journaling;

/// <summary>One start of a log, or one life of a store that many share.</summary>
/// <param name="Number">From 1, greater at each start.</param>
/// <param name="HeadBefore">The head of the log when it began: 0 for the first.</param>
public sealed record Generation(int Number, long HeadBefore)
{
    // Seconds since then fit into a number for 68 years.
    private static readonly DateTimeOffset _firstTime = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Gets the number of a generation that follows another. It is a time: a backup does not know the lives after it, and none of their numbers may be given again.</summary>
    /// <param name="last">The number of the last one.</param>
    /// <param name="now">The time.</param>
    internal static int NextNumber(int last, DateTimeOffset now) => Math.Max(last + 1, (int)(now - _firstTime).TotalSeconds);
}

/// <summary>Which life of the log an offset belongs to (RULES A3).</summary>
/// <param name="Id">8 letters and digits, random, as old as the log.</param>
/// <param name="Generations">All starts, in order; the last is the one that runs. A log that was opened has at least one.</param>
public sealed record Timeline(string Id, IReadOnlyList<Generation> Generations)
{
    /// <summary>Gets the number of the generation that runs.</summary>
    public int Current => Generations[^1].Number;

    /// <summary>
    /// Gets the least head that any later generation began with. An offset of <paramref name="generation"/> beyond it was lost with an un-synced tail: it may name another
    /// entry by now.
    /// </summary>
    /// <param name="generation">The generation of a cursor.</param>
    /// <returns>The head, or <see cref="long.MaxValue"/> when there is no later generation. 0 for a generation that is not (any more) among those of this log: a restored store
    /// knows nothing of the lives that came after its backup, and nothing of such a life can be relied on.</returns>
    public long LeastHeadAfter(int generation)
    {
        if (generation < Current && !Generations.Any(g => g.Number == generation))
            return 0;

        var least = long.MaxValue;
        for (var i = Generations.Count - 1; i >= 0 && Generations[i].Number > generation; i--)
            least = Math.Min(least, Generations[i].HeadBefore);

        return least;
    }
}
