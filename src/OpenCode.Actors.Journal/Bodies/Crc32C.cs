using System.Buffers.Binary;
using System.Numerics;

namespace OpenCode.Actors.Journal.Bodies;

/// <summary>CRC-32C (Castagnoli) by the instruction of the processor, where it has one.</summary>
internal static class Crc32C
{
    /// <summary>Computes the checksum of bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="salt">Mixed in, so that bytes of another file, or made to look like a frame, do not check.</param>
    /// <returns>The checksum.</returns>
    public static uint Of(ReadOnlySpan<byte> bytes, uint salt = 0)
    {
        var crc = ~salt;
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var b in bytes)
            crc = BitOperations.Crc32C(crc, b);

        return ~crc;
    }
}
