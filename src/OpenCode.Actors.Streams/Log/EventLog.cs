using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Cursors;
using OpenCode.Actors.Streams.Cursors;
using OpenCode.Actors.Streams.Frames;
using OpenCode.Actors.Streams.Settings;

namespace OpenCode.Actors.Streams.Log;

/// <summary>The log as streams see it: the journal, and the ring of what was committed last.</summary>
/// <param name="journal">What is committed.</param>
/// <param name="options">How large the ring is.</param>
internal sealed class EventLog(IJournal journal, EventStreamOptions options)
{
    public IJournal Journal => journal;

    public LogRing Ring { get; } = new(journal.Head, options.RingBytes, new FrameEncoder(() => journal.Timeline));

    /// <summary>The id of a cursor. Between two twins it still is before their entry, and the id says so (rule "Twin ids").</summary>
    public StreamCursor CursorAt(ResumePoint point) => point.BeforeTwinOf > point.After ? CursorAt(point.After + 1, beforeTwin: true) : CursorAt(point.After);

    /// <summary>The id of an offset, in the running generation.</summary>
    public StreamCursor CursorAt(long offset, bool beforeTwin = false)
    {
        var timeline = journal.Timeline;
        return new(timeline.Id, timeline.Current, offset, beforeTwin);
    }
}
