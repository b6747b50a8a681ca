using System.Buffers;
using System.Globalization;
using System.Text;
using OpenCode.Actors.Protocol.Cursors;

namespace OpenCode.Actors.Protocol.Sse;

/// <summary>Builds the frames of an event stream (HTML 9.2.5).</summary>
public static class SseFrame
{
    /// <summary>Writes <c>id: CURSOR</c>, if there is one, and <c>data: JSON</c>.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="id">The cursor; null for a frame after which a client keeps the id it had.</param>
    /// <param name="data">UTF-8 without CR and LF, such as unindented JSON.</param>
    /// <exception cref="ArgumentException">The data has a line break: it would end the field (HTML 9.2.6).</exception>
    public static void Write(IBufferWriter<byte> output, StreamCursor? id, ReadOnlySpan<byte> data)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (data.ContainsAny((byte)'\r', (byte)'\n'))
            throw new ArgumentException("The data of a frame has a line break. Write JSON without indentation.", nameof(data));

        if (id is { } cursor)
            WriteId(output, cursor);

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
        var output = new ArrayBufferWriter<byte>(data.Length + 64);
        Write(output, id, data);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Builds <c>retry: MILLISECONDS</c>: how long a client waits before it comes back.</summary>
    /// <param name="reconnectionTime">Whole milliseconds, not negative.</param>
    /// <returns>The frame, with the blank line that ends it.</returns>
    public static byte[] Retry(TimeSpan reconnectionTime)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(reconnectionTime, TimeSpan.Zero);
        return Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"retry: {(long)reconnectionTime.TotalMilliseconds}\n\n"));
    }

    private static void WriteId(IBufferWriter<byte> output, StreamCursor id)
    {
        output.Write("id: "u8);
        if (!id.TryFormat(output.GetSpan(2 * StreamCursor.MaxLength), out var written))
            throw new ArgumentException($"'{id}' is no cursor: its timeline is too long.", nameof(id));

        output.Advance(written);
        output.Write("\n"u8);
    }
}
