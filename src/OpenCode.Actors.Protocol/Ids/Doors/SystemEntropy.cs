using System.Buffers.Binary;
using System.Security.Cryptography;

namespace OpenCode.Actors.Protocol.Ids.Doors;

/// <summary>The operating system's randomness, fit for ids and secrets.</summary>
public sealed class SystemEntropy : IEntropy
{
    private SystemEntropy()
    {
    }

    /// <summary>Gets the one there is.</summary>
    public static SystemEntropy Instance { get; } = new();

    /// <inheritdoc/>
    public ulong NextUInt64()
    {
        Span<byte> buffer = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(buffer);
        return BinaryPrimitives.ReadUInt64LittleEndian(buffer);
    }

    /// <inheritdoc/>
    public void Fill(Span<byte> buffer) => RandomNumberGenerator.Fill(buffer);
}
