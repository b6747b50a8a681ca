using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace OpenCode.Actors.Journal.Bodies;

/// <summary>The first 64 bytes of a segment.</summary>
/// <remarks>
/// Little-endian: magic 4, format version 4, CRC-32C of bytes 12 to 64 4, salt 4, timeline id 8, first offset 8, base 8, rest zero. It is synced before the first frame
/// is written (RULES B2), and says by being there that all before its base is synced.
/// </remarks>
/// <param name="TimelineId">The log it belongs to.</param>
/// <param name="FirstOffset">The offset of its first entry.</param>
/// <param name="Base">Its place in the log: bytes of frames in all segments before it, since the log began.</param>
/// <param name="Salt">Random; mixed into the checksums of its frames.</param>
internal sealed record SegmentHeader(string TimelineId, long FirstOffset, long Base, uint Salt)
{
    public const int Bytes = 64;
    public const int FormatVersion = 1;
    public const string Folder = "journal";

    private const uint Magic = 0x4A_43_4F_41; // AOCJ
    private const string Extension = ".log";

    public string Path => $"{Folder}/{FirstOffset:D20}{Extension}";

    /// <summary>Reads the first offset that a file name claims.</summary>
    public static bool TryParseName(string name, out long firstOffset)
    {
        firstOffset = 0;
        return name.Length == 20 + Extension.Length && name.EndsWith(Extension, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(0, 20), NumberStyles.None, CultureInfo.InvariantCulture, out firstOffset);
    }

    public void Write(Span<byte> to)
    {
        to[..Bytes].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(to, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(to[4..], FormatVersion);
        BinaryPrimitives.WriteUInt32LittleEndian(to[12..], Salt);
        Encoding.ASCII.GetBytes(TimelineId, to[16..24]);
        BinaryPrimitives.WriteInt64LittleEndian(to[24..], FirstOffset);
        BinaryPrimitives.WriteInt64LittleEndian(to[32..], Base);
        BinaryPrimitives.WriteUInt32LittleEndian(to[8..], Crc32C.Of(to[12..Bytes]));
    }

    /// <summary>Reads a header.</summary>
    /// <returns>Null if it is damaged or not whole.</returns>
    /// <exception cref="JournalVersionException">A newer program wrote it.</exception>
    public static SegmentHeader? TryRead(ReadOnlySpan<byte> from, string path)
    {
        if (from.Length < Bytes || BinaryPrimitives.ReadUInt32LittleEndian(from) != Magic)
            return null;

        // Before the checksum: another format may check in another way. A flipped bit here is found by the checksum below only for versions we know.
        var version = BinaryPrimitives.ReadInt32LittleEndian(from[4..]);
        if (version > FormatVersion)
            throw new JournalVersionException(path, version, FormatVersion);

        if (version < 1 || BinaryPrimitives.ReadUInt32LittleEndian(from[8..]) != Crc32C.Of(from[12..Bytes]))
            return null;

        return new(
            Encoding.ASCII.GetString(from[16..24]),
            BinaryPrimitives.ReadInt64LittleEndian(from[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(from[32..]),
            BinaryPrimitives.ReadUInt32LittleEndian(from[12..]));
    }
}
