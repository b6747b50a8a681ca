using System.Buffers;
using System.Globalization;
using System.Text;
using OpenCode.Actors.Protocol.Cursors;

namespace OpenCode.Actors.Protocol.Sse;

/// <summary>Builds the frames of an event stream (HTML 9.2.5).</summary>
public static class SseFrame
{
    private const int IdLineBytes = (2 * StreamCursor.MaxLength) + 5;

    /// <summary>Writes <c>id: CURSOR</c>, if there is one, and <c>data: JSON</c>.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="id">The cursor; null for a frame after which a client keeps the id it had.</param>
    /// <param name="data">UTF-8 without CR and LF, such as unindented JSON.</param>
    /// <exception cref="ArgumentException">The data has a line break: it would end the field (HTML 9.2.6).</exception>
    public static void Write(IBufferWriter<byte> output, StreamCursor? id, ReadOnlySpan<byte> data)
    {
        ArgumentNullException.ThrowIfNull(output);
        CheckData(data);
        if (id is { } cursor)
            output.Advance(WriteId(output.GetSpan(IdLineBytes), cursor));

        output.Write("data: "u8);
        output.Write(data);
        output.Write("\n\n"u8);
    }

    /// <summary>Builds a frame of its own, as <see cref="Write"/> does.</summary>
    /// <param name="id">The cursor; null for a frame after which a client keeps the id it had.</param>
    /// <param name="data">UTF-8 without CR and LF.</param>
    /// <returns>The frame, the caller's to keep.</returns>
    public static byte[] Build(StreamCursor? id, ReadOnlySpan<byte> data)
    {
        CheckData(data);
        Span<byte> idLine = stackalloc byte[IdLineBytes];
        idLine = id is { } cursor ? idLine[..WriteId(idLine, cursor)] : [];

        // Frames are kept by the thousand: of exactly their length, without a buffer on the way (as a collection expression it would grow a list byte by byte).
        var frame = GC.AllocateUninitializedArray<byte>(idLine.Length + "data: "u8.Length + data.Length + "\n\n"u8.Length);
        idLine.CopyTo(frame);
        var rest = frame.AsSpan(idLine.Length);
        "data: "u8.CopyTo(rest);
        data.CopyTo(rest["data: "u8.Length..]);
        "\n\n"u8.CopyTo(rest[^"\n\n"u8.Length..]);
        return frame;
    }

    /// <summary>Builds <c>retry: MILLISECONDS</c>: how long a client waits before it reconnects.</summary>
    /// <param name="reconnectionTime">Whole milliseconds, not negative.</param>
    /// <returns>The frame, with the blank line that ends it.</returns>
    public static byte[] Retry(TimeSpan reconnectionTime)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(reconnectionTime, TimeSpan.Zero);
        return Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"retry: {(long)reconnectionTime.TotalMilliseconds}\n\n"));
    }

    private static void CheckData(ReadOnlySpan<byte> data)
    {
        if (data.ContainsAny((byte)'\r', (byte)'\n'))
            throw new ArgumentException("The data of a frame has a line break. Write JSON without indentation.", nameof(data));
    }

    private static int WriteId(Span<byte> line, StreamCursor id)
    {
        "id: "u8.CopyTo(line);
        if (!id.TryFormat(line[4..^1], out var written))
            throw new ArgumentException($"'{id}' is no cursor: its timeline is too long.", nameof(id));

        line[written + 4] = (byte)'\n';
        return written + 5;
    }
}
