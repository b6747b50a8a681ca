namespace OpenCode.Actors.Protocol.Ids;

/// <summary>Two words that people can tell sessions apart by: <c>quiet-harbour</c>.</summary>
public static class Slugs
{
    private static readonly string[] _manners =
    [
        "able", "amber", "ample", "autumn", "azure", "bold", "breezy", "bright", "brisk", "calm", "candid", "clear", "copper", "cosy", "crisp", "dapper",
        "deft", "early", "easy", "fair", "fleet", "fond", "fresh", "gentle", "glad", "golden", "grand", "hardy", "honest", "humble", "ivory", "jaunty",
        "keen", "kind", "late", "light", "lively", "lucid", "mellow", "merry", "mild", "modest", "neat", "noble", "olive", "patient", "plain", "polite",
        "proud", "quick", "quiet", "rapid", "ready", "rustic", "sandy", "silent", "silver", "sober", "steady", "sunny", "tidy", "vivid", "warm", "wise",
    ];

    private static readonly string[] _things =
    [
        "acorn", "anchor", "anvil", "badger", "barley", "beacon", "birch", "bridge", "brook", "cabin", "canyon", "cedar", "cliff", "clover", "comet", "coral",
        "cove", "crane", "delta", "dune", "ember", "falcon", "fern", "fjord", "forest", "garnet", "glade", "grove", "harbour", "hazel", "heron", "hill",
        "island", "jasper", "kestrel", "lagoon", "lantern", "larch", "ledge", "lynx", "maple", "meadow", "mill", "moss", "oasis", "orchard", "otter", "pebble",
        "pine", "plover", "pond", "quarry", "raven", "reef", "ridge", "river", "sparrow", "spruce", "stone", "thistle", "tide", "valley", "willow", "wren",
    ];

    /// <summary>Picks one of 4,096 pairs. Not unique, and need not be.</summary>
    /// <param name="random">The source of randomness; two bytes are taken.</param>
    /// <returns>Two lower-case words joined by a hyphen.</returns>
    public static string Create(FillRandom random)
    {
        ArgumentNullException.ThrowIfNull(random);
        Span<byte> bytes = stackalloc byte[2];
        random(bytes);
        return $"{_manners[bytes[0] % _manners.Length]}-{_things[bytes[1] % _things.Length]}";
    }
}
