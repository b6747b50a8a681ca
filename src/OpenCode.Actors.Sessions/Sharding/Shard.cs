using System.Numerics;
using System.Text;
using OpenCode.Actors.Protocol.Ids;

namespace OpenCode.Actors.Sessions.Sharding;

/// <summary>Which shard of the cluster a session belongs to: a stable hash of its own id, so that every node knows it without asking.</summary>
internal static class Shard
{
    /// <summary>How many shards there are, for the life of a database.</summary>
    public const int Count = 64;

    /// <summary>Gives the shard of a session: CRC-32C of its id, modulo <see cref="Count"/>.</summary>
    public static int Of(SessionId id)
    {
        var crc = uint.MaxValue;
        foreach (var b in Encoding.UTF8.GetBytes(id.Value))
            crc = BitOperations.Crc32C(crc, b);
        return (int)(~crc % Count);
    }
}
