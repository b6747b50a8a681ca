using System.Globalization;
using OpenCode.Actors.Protocol.Ids;

namespace OpenCode.Actors.Clustering.Shards;

/// <summary>Says which shard a session belongs to. The same on every node, in every version, for ever: the rows of shards and the running sessions go by it.</summary>
internal static class ShardOf
{
    /// <summary>How many shards there are.</summary>
    public const int Count = 64;

    /// <summary>Gets the shard of a session.</summary>
    /// <returns>0 to 63.</returns>
    public static int Session(SessionId session)
    {
        // FNV-1a over the characters, which are ASCII; the upper half is folded in because the lower bits of FNV mix last.
        var hash = 0xCBF2_9CE4_8422_2325UL;
        foreach (var character in session.Value)
            hash = (hash ^ character) * 0x0000_0100_0000_01B3UL;
        return (int)((hash ^ (hash >> 32)) % Count);
    }

    /// <summary>Makes the id of a session; that of a child is of its parent's shard, so that the tree of both is deleted on one node.</summary>
    public static SessionId NewSession(IdFactory ids, SessionId? parent)
    {
        var id = ids.NewSession();
        while (parent is { } other && Session(id) != Session(other))
            id = ids.NewSession();
        return id;
    }

    /// <summary>Gets the name under which Akka knows a shard.</summary>
    public static string NameOf(int shard) => shard.ToString(CultureInfo.InvariantCulture);

    /// <summary>Gets the shard that Akka knows under a name.</summary>
    public static int Parse(string name) => int.Parse(name, NumberStyles.None, CultureInfo.InvariantCulture);
}
