using System.Buffers;
using System.Buffers.Binary;
using OpenCode.Actors.Journal.Bodies;

namespace OpenCode.Actors.Journal.State;

/// <summary>Reads rows from the log, neighbours together.</summary>
internal static class RowReader
{
    private const int WindowBytes = 256 * 1024;
    private const int GapBytes = 16 * 1024;
    private const int ChecksumBytes = sizeof(uint);

    /// <summary>Reads rows.</summary>
    /// <param name="places">Where they are, in any order.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The rows, each at the index of its place.</returns>
    /// <exception cref="ObjectDisposedException">Retention took one of the segments: look again where the rows are now.</exception>
    /// <exception cref="JournalCorruptException">A row does not have the bytes that were written.</exception>
    public static async ValueTask<byte[][]> ReadAsync(IReadOnlyList<RowPlace> places, CancellationToken cancellationToken)
    {
        var rows = new byte[places.Count][];
        var order = Enumerable.Range(0, places.Count).ToList();
        order.Sort((a, b) => places[a].Place.CompareTo(places[b].Place));
        for (var first = 0; first < order.Count;)
        {
            var segment = places[order[first]].Segment;
            var from = places[order[first]].Position;
            var to = EndOf(places[order[first]]);
            var next = first + 1;
            while (next < order.Count && ReferenceEquals(places[order[next]].Segment, segment)
                && places[order[next]].Position <= to + GapBytes && EndOf(places[order[next]]) - from <= WindowBytes)
                to = EndOf(places[order[next++]]);

            var window = ArrayPool<byte>.Shared.Rent((int)(to - from));
            try
            {
                var read = await segment.File.ReadAsync(from, window.AsMemory(0, (int)(to - from)), cancellationToken).ConfigureAwait(false);
                for (; first < next; first++)
                    rows[order[first]] = Take(window.AsSpan(0, read), places[order[first]], from);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(window);
            }
        }

        return rows;
    }

    private static long EndOf(in RowPlace row) => (long)row.Position + ChecksumBytes + row.Bytes;

    private static byte[] Take(ReadOnlySpan<byte> window, in RowPlace row, long windowFrom)
    {
        var start = (int)(row.Position - windowFrom);
        if (start + ChecksumBytes + row.Bytes <= window.Length)
        {
            var expected = BinaryPrimitives.ReadUInt32LittleEndian(window[start..]);
            var bytes = window.Slice(start + ChecksumBytes, row.Bytes);
            if (Crc32C.Of(bytes) == expected)
                return bytes.ToArray();
        }

        throw new JournalCorruptException(
            row.Segment.Header.Path,
            row.Position,
            $"the row '{row.Kind}/{row.Key}' is not as it was written",
            "It was whole at the start of the process, so the disk may be failing. Restore the data folder from a backup.");
    }
}
