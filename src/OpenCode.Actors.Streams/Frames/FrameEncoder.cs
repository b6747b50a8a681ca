using System.Buffers;
using OpenCode.Actors.Journaling;
using OpenCode.Actors.Protocol.Cursors;
using OpenCode.Actors.Protocol.Events;
using OpenCode.Actors.Protocol.Sse;

namespace OpenCode.Actors.Streams.Frames;

/// <summary>Makes the SSE frames of entries. For one thread at a time.</summary>
/// <param name="timeline">The log's life; frames carry its running generation, in which every readable entry exists (RULES A3).</param>
internal sealed class FrameEncoder(Timeline timeline)
{
    // Enough for the events of a session; a larger one borrows more until it is made.
    private const int KeptBytes = 64 * 1024;

    private ArrayBufferWriter<byte> _data = new(1024);

    /// <summary>The frames of an entry on one kind of stream.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="wrapped">For <c>/global/event</c>: in its wrapper, and for a durable event of a session with its sync twin (RULES A4).</param>
    public EntryFrames Encode(LogEntry entry, bool wrapped)
    {
        var properties = entry.Properties.Span;
        if (!wrapped)
        {
            EventEnvelope.WriteBare(_data, entry.EventId, entry.Type, properties);
            return new EntryFrames(entry.Offset, Frame(entry.Offset, firstTwin: false), twin: null);
        }

        EventEnvelope.WriteWrapped(_data, entry.Location, entry.Project, entry.EventId, entry.Type, properties);
        if (entry is not { Durable: true, Sequence: >= 0, SessionId: { } session })
            return new EntryFrames(entry.Offset, Frame(entry.Offset, firstTwin: false), twin: null);

        var first = Frame(entry.Offset, firstTwin: true);
        EventEnvelope.WriteSync(_data, entry.Location, entry.Project, entry.EventId, entry.Type, entry.Sequence, session, properties);
        return new EntryFrames(entry.Offset, first, Frame(entry.Offset, firstTwin: false));
    }

    private byte[] Frame(long offset, bool firstTwin)
    {
        var data = _data.WrittenSpan;
        var id = new StreamCursor(timeline.Id, timeline.Current, offset, firstTwin);
        var frame = data.ContainsAny((byte)'\r', (byte)'\n')
            ? SseFrame.Build(id, OnOneLine(data))
            : SseFrame.Build(id, data);

        _data.ResetWrittenCount();
        if (_data.Capacity > KeptBytes)
            _data = new ArrayBufferWriter<byte>(1024);
        return frame;
    }

    // HTML 9.2.6: a line break would end the field. In JSON it can only stand between tokens, where a blank means the same.
    private static byte[] OnOneLine(ReadOnlySpan<byte> json)
    {
        var line = json.ToArray();
        line.AsSpan().Replace((byte)'\r', (byte)' ');
        line.AsSpan().Replace((byte)'\n', (byte)' ');
        return line;
    }
}
