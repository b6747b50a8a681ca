using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace OpenCode.Actors.Journal.Bodies;

/// <summary>What stands before the body of a frame: the unit that recovery keeps or drops whole (RULES B1).</summary>
/// <remarks>
/// 64 bytes, little-endian: magic 4, CRC-32C of bytes 8 to 64 4, CRC-32C of the body 4, body length 4, entries 4, changes 4, generation 8, place 8, first offset 8,
/// synced up to 8, time 8. The header has a checksum of its own so that <see cref="SyncedUpTo"/> counts even where the body is damaged.
/// </remarks>
/// <param name="BodyChecksum">CRC-32C of the body.</param>
/// <param name="BodyBytes">Length of the body.</param>
/// <param name="EntryCount">How many entries the body has.</param>
/// <param name="ChangeCount">How many changes of state the body has.</param>
/// <param name="Generation">The generation that wrote it.</param>
/// <param name="Place">Its place in the log, in bytes since the log began.</param>
/// <param name="FirstOffset">The offset of its first entry, or of the next one if it has none.</param>
/// <param name="SyncedUpTo">All before this place was synced when it was written.</param>
/// <param name="At">When it was committed, in ticks UTC.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FrameHeader(
    uint BodyChecksum, int BodyBytes, int EntryCount, int ChangeCount, long Generation, long Place, long FirstOffset, long SyncedUpTo, long At)
{
    public const int Bytes = 64;
    public const int MaxBodyBytes = 256 * 1024 * 1024;
    public const uint Magic = 0x46_43_4F_41; // AOCF

    public long EndPlace => Place + Bytes + BodyBytes;

    public long LastOffset => FirstOffset + EntryCount - 1;

    public DateTimeOffset Time => new(At, TimeSpan.Zero);

    public void Write(Span<byte> to, uint salt)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(to, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(to[8..], BodyChecksum);
        BinaryPrimitives.WriteInt32LittleEndian(to[12..], BodyBytes);
        BinaryPrimitives.WriteInt32LittleEndian(to[16..], EntryCount);
        BinaryPrimitives.WriteInt32LittleEndian(to[20..], ChangeCount);
        BinaryPrimitives.WriteInt64LittleEndian(to[24..], Generation);
        BinaryPrimitives.WriteInt64LittleEndian(to[32..], Place);
        BinaryPrimitives.WriteInt64LittleEndian(to[40..], FirstOffset);
        BinaryPrimitives.WriteInt64LittleEndian(to[48..], SyncedUpTo);
        BinaryPrimitives.WriteInt64LittleEndian(to[56..], At);
        BinaryPrimitives.WriteUInt32LittleEndian(to[4..], Crc32C.Of(to[8..Bytes], salt));
    }

    /// <summary>Reads a header that is whole and was written at this place.</summary>
    public static bool TryRead(ReadOnlySpan<byte> from, uint salt, long place, out FrameHeader header)
    {
        header = default;
        if (from.Length < Bytes || BinaryPrimitives.ReadUInt32LittleEndian(from) != Magic
            || BinaryPrimitives.ReadUInt32LittleEndian(from[4..]) != Crc32C.Of(from[8..Bytes], salt))
            return false;

        header = new(
            BinaryPrimitives.ReadUInt32LittleEndian(from[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(from[12..]),
            BinaryPrimitives.ReadInt32LittleEndian(from[16..]),
            BinaryPrimitives.ReadInt32LittleEndian(from[20..]),
            BinaryPrimitives.ReadInt64LittleEndian(from[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(from[32..]),
            BinaryPrimitives.ReadInt64LittleEndian(from[40..]),
            BinaryPrimitives.ReadInt64LittleEndian(from[48..]),
            BinaryPrimitives.ReadInt64LittleEndian(from[56..]));
        return header.Place == place && header.BodyBytes is >= 0 and <= MaxBodyBytes && header is { EntryCount: >= 0, ChangeCount: >= 0 };
    }
}
