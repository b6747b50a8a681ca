using System.Buffers.Binary;
using System.Text;
using OpenCode.Actors.Journal.Disks;
using OpenCode.Actors.Journal.Bodies;

namespace OpenCode.Actors.Journal.State;

/// <summary>All rows of one owner at one place of the log, in a file of their own: <c>sessions/&lt;owner&gt;.snap</c>.</summary>
/// <remarks>
/// Header of 64 bytes, little-endian: magic 4, format version 4, CRC-32C of bytes 12 to 64 and of the directory 4, rows 4, directory length 4, zero 4, place 8, zero 32.
/// Then the directory: per row kind, key, offset, length, CRC-32C; then the rows one after the other. So the rows of one kind are read without the others.
/// </remarks>
internal static class SnapshotFile
{
    public const string Folder = "sessions";
    public const string Temporary = ".tmp";

    private const string Extension = ".snap";
    private const int HeaderBytes = 64;
    private const int FormatVersion = 1;
    private const uint Magic = 0x53_43_4F_41; // AOCS
    private const int FirstReadBytes = 4096;

    public static string PathOf(string owner) => $"{Folder}/{owner}{Extension}";

    /// <summary>Reads the owner from a file name.</summary>
    public static bool TryParseName(string name, out string owner)
    {
        owner = name.EndsWith(Extension, StringComparison.Ordinal) ? name[..^Extension.Length] : "";
        return OwnerName.IsValid(owner);
    }

    /// <summary>Writes the rows into a temporary file and syncs it.</summary>
    /// <returns>The path of the temporary file.</returns>
    public static async ValueTask<string> WriteAsync(IDisk disk, string owner, long place, IReadOnlyList<StateRow> rows)
    {
        var directory = new MemoryStream();
        var data = 0L;
        using (var writer = new BinaryWriter(directory, Encoding.UTF8, leaveOpen: true))
        {
            foreach (var row in rows)
            {
                writer.Write(row.Kind);
                writer.Write(row.Key);
                writer.Write(row.Offset);
                writer.Write(row.Json.Length);
                writer.Write(Crc32C.Of(row.Json.Span));
                data += row.Json.Length;
            }
        }

        var bytes = new byte[HeaderBytes + directory.Length + data];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), FormatVersion);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), rows.Count);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(16), (int)directory.Length);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(24), place);
        directory.GetBuffer().AsSpan(0, (int)directory.Length).CopyTo(bytes.AsSpan(HeaderBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), Crc32C.Of(bytes.AsSpan(12, HeaderBytes - 12 + (int)directory.Length)));
        var position = HeaderBytes + (int)directory.Length;
        foreach (var row in rows)
        {
            row.Json.CopyTo(bytes.AsMemory(position));
            position += row.Json.Length;
        }

        var path = PathOf(owner) + Temporary;
        using var file = disk.Open(path, DiskFileMode.Create);
        await file.WriteAsync(0, bytes).ConfigureAwait(false);
        await file.SyncAsync().ConfigureAwait(false);
        return path;
    }

    /// <summary>Reads up to which place of the log the snapshot holds.</summary>
    public static async ValueTask<long> ReadPlaceAsync(IDisk disk, string owner) =>
        (await ReadAsync(disk, owner, static (_, _) => false, static (_, _) => false, CancellationToken.None).ConfigureAwait(false)).Place;

    /// <summary>Reads what the file has of an owner.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="owner">The owner.</param>
    /// <param name="wants">Chooses the rows that are given, by kind and key.</param>
    /// <param name="needsBytes">Chooses those of them whose bytes are read; the others are given empty.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The place up to which it holds, and the chosen rows in the order of first write.</returns>
    /// <exception cref="FileNotFoundException">There is no snapshot.</exception>
    /// <exception cref="JournalCorruptException">It is damaged.</exception>
    public static async ValueTask<(long Place, List<StateRow> Rows)> ReadAsync(
        IDisk disk, string owner, Func<string, string, bool> wants, Func<string, string, bool> needsBytes, CancellationToken cancellationToken)
    {
        var path = PathOf(owner);
        using var file = disk.Open(path, DiskFileMode.Read);
        var head = new byte[FirstReadBytes];
        var read = await file.ReadAsync(0, head, cancellationToken).ConfigureAwait(false);
        if (read < HeaderBytes || BinaryPrimitives.ReadUInt32LittleEndian(head) != Magic)
            throw Damaged(path, 0, "it has no header");

        var version = BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(4));
        if (version > FormatVersion)
            throw new JournalVersionException(path, version, FormatVersion);

        var directoryBytes = BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(16));
        if (version < 1 || directoryBytes < 0 || directoryBytes > file.Length - HeaderBytes)
            throw Damaged(path, 4, "version or length of the directory cannot be");

        if (HeaderBytes + directoryBytes > read)
        {
            Array.Resize(ref head, HeaderBytes + directoryBytes);
            read += await file.ReadAsync(read, head.AsMemory(read), cancellationToken).ConfigureAwait(false);
        }

        if (read < HeaderBytes + directoryBytes
            || BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(8)) != Crc32C.Of(head.AsSpan(12, HeaderBytes - 12 + directoryBytes)))
            throw Damaged(path, 0, "header or directory do not have their checksum");

        var count = BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(12));
        var rows = new List<StateRow>();
        using var reader = new BinaryReader(new MemoryStream(head, HeaderBytes, directoryBytes), Encoding.UTF8);
        var position = (long)HeaderBytes + directoryBytes;
        for (var i = 0; i < count; i++)
        {
            var (kind, key, offset, length, checksum) = (reader.ReadString(), reader.ReadString(), reader.ReadInt64(), reader.ReadInt32(), reader.ReadUInt32());
            if (wants(kind, key))
            {
                var json = needsBytes(kind, key) ? await ReadRowAsync(position, length).ConfigureAwait(false) : [];
                if (json.Length == length && Crc32C.Of(json) != checksum)
                    throw Damaged(path, position, $"the row '{kind}/{key}' does not have its checksum");

                rows.Add(new(kind, owner, key, json, offset));
            }

            position += length;
        }

        return (BinaryPrimitives.ReadInt64LittleEndian(head.AsSpan(24)), rows);

        async ValueTask<byte[]> ReadRowAsync(long from, int length)
        {
            if (from + length <= read)
                return head[(int)from..((int)from + length)];

            var json = new byte[length];
            await file.ReadAsync(from, json, cancellationToken).ConfigureAwait(false);
            return json;
        }
    }

    private static JournalCorruptException Damaged(string path, long byteOffset, string what) =>
        new(path, byteOffset, what, "The rows of this owner are in no other place: restore the file from a backup, or delete it to lose this owner's state.");
}
