namespace OpenCode.Actors.Clustering.Waking;

/// <summary>Chooses one of several nodes for a thing: all nodes choose the same, and a node that goes changes the choice for its own things only.</summary>
internal static class Rendezvous
{
    /// <summary>Chooses a node; null when there is none.</summary>
    public static string? Choose(string thing, IReadOnlyList<string> nodes) => nodes.MaxBy(node => (Weight(thing, node), node));

    private static ulong Weight(string thing, string node)
    {
        var hash = 0xCBF2_9CE4_8422_2325UL;
        foreach (var character in thing)
            hash = (hash ^ character) * 0x0000_0100_0000_01B3UL;
        foreach (var character in node)
            hash = (hash ^ character) * 0x0000_0100_0000_01B3UL;

        // The last characters have moved the upper bits only a little: mixed once more (the finalizer of SplitMix64).
        hash = (hash ^ (hash >> 30)) * 0xBF58_476D_1CE4_E5B9UL;
        hash = (hash ^ (hash >> 27)) * 0x94D0_49BB_1331_11EBUL;
        return hash ^ (hash >> 31);
    }
}
