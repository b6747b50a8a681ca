using System.Buffers;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Cursors;
using OpenCode.Actors.Protocol.Events;
using OpenCode.Actors.Protocol.Sse;

namespace OpenCode.Actors.Streams.Frames;

/// <summary>Makes the SSE frames of entries. For one thread at a time.</summary>
/// <param name="timeline">Gets the log's life; frames carry its running generation, in which every readable entry exists.</param>
internal sealed class FrameEncoder(Func<Timeline> timeline)
{
    // Enough for the events of a session; a larger one borrows more until it is made.
    private const int KeptBytes = 64 * 1024;

    private ArrayBufferWriter<byte> _data = new(1024);
    private ArrayBufferWriter<byte> _frames = new(1024);

    /// <summary>The frames of an entry on one kind of stream.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="wrapped">For <c>/global/event</c>: in its wrapper, and for a durable event of a session with its sync twin.</param>
    /// <param name="slabs">Where to keep them; null for an array of their own.</param>
    public EntryFrames Encode(LogEntry entry, bool wrapped, FrameSlabs? slabs = null)
    {
        var hasTwin = wrapped && entry is { Durable: true, Sequence: >= 0, SessionId: not null };
        var properties = entry.Properties.Span;
        if (wrapped)
            EventEnvelope.WriteWrapped(_data, entry.Location, entry.Project, entry.EventIdUtf8.Span, entry.Type, properties);
        else
            EventEnvelope.WriteBare(_data, entry.EventIdUtf8.Span, entry.Type, properties);
        AddFrame(entry.Offset, isBeforeTwin: hasTwin);
        var firstBytes = _frames.WrittenCount;
        if (hasTwin)
        {
            EventEnvelope.WriteSync(_data, entry.Location, entry.Project, entry.EventIdUtf8.Span, entry.Type, entry.Sequence, entry.SessionId!, properties);
            AddFrame(entry.Offset, isBeforeTwin: false);
        }

        var frames = _frames.WrittenSpan;
        var slab = slabs?.Hold(frames.Length) ?? new FrameSlab(frames.Length);
        var start = slab.Take(frames.Length);
        frames.CopyTo(slab.Bytes.AsSpan(start));
        var made = new EntryFrames(entry.Offset, slab, start, firstBytes, frames.Length - firstBytes);
        Clear(ref _frames);
        return made;
    }

    // The first frame has an id of its own, so that a client that is cut behind it gets the twin (rule "Twin ids").
    private void AddFrame(long offset, bool isBeforeTwin)
    {
        var data = _data.WrittenSpan;
        var now = timeline(); // After the entry was read: it may be the first of a generation.
        var id = new StreamCursor(now.Id, now.Current, offset, isBeforeTwin);
        SseFrame.Write(_frames, id, data.ContainsAny((byte)'\r', (byte)'\n') ? OnOneLine(data) : data);
        Clear(ref _data);
    }

    private static void Clear(ref ArrayBufferWriter<byte> writer)
    {
        writer.ResetWrittenCount();
        if (writer.Capacity > KeptBytes)
            writer = new ArrayBufferWriter<byte>(1024);
    }

    // HTML 9.2.6: a line break would end the field. In JSON it can only be between tokens, where a blank means the same.
    private static byte[] OnOneLine(ReadOnlySpan<byte> json)
    {
        var line = json.ToArray();
        line.AsSpan().Replace((byte)'\r', (byte)' ');
        line.AsSpan().Replace((byte)'\n', (byte)' ');
        return line;
    }
}
