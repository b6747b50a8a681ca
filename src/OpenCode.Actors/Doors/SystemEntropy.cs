using System.Buffers.Binary;
using System.Security.Cryptography;

namespace OpenCode.Actors.Doors;

/// <summary>The operating system's randomness, fit for ids and secrets.</summary>
internal sealed class SystemEntropy : IEntropy
{
    private SystemEntropy()
    {
    }

    public static SystemEntropy Instance { get; } = new();

    public ulong NextUInt64()
    {
        Span<byte> buffer = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(buffer);
        return BinaryPrimitives.ReadUInt64LittleEndian(buffer);
    }

    public void Fill(Span<byte> buffer) => RandomNumberGenerator.Fill(buffer);

    // 53 bits are what a double holds exactly.
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    public int Next(int max) => RandomNumberGenerator.GetInt32(max);
}
