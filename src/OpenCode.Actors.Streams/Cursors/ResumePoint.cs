using System.Runtime.InteropServices;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Cursors;
using OpenCode.Actors.Protocol.Events;

namespace OpenCode.Actors.Streams.Cursors;

/// <summary>Where a stream goes on.</summary>
/// <param name="After">The client has all up to this offset.</param>
/// <param name="BeforeTwinOf">The entry whose first frame the client has and whose twin it has not; 0 for none.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ResumePoint(long After, long BeforeTwinOf)
{
    /// <summary>True if a cursor is of this log, but beyond what this process has of it: in a cluster another node may have been faster.</summary>
    /// <param name="text">What the client sent; null or empty for nothing.</param>
    /// <param name="journal">The log.</param>
    /// <param name="cursor">The cursor, if it may be ahead.</param>
    public static bool MayBeAhead(string? text, IJournal journal, out StreamCursor cursor)
    {
        cursor = default;
        if (string.IsNullOrEmpty(text) || !StreamCursor.TryParse(text, out cursor))
            return false;

        var timeline = journal.Timeline;
        return cursor.Timeline == timeline.Id
            && (cursor.Generation > timeline.Current || (cursor.Offset > journal.Head && cursor.Offset <= timeline.LeastHeadAfter(cursor.Generation)));
    }

    /// <summary>Compares a client's id with the log (rule "Good cursor").</summary>
    /// <param name="text">The client's request.</param>
    /// <param name="journal">The log.</param>
    /// <param name="twins">Whether the stream has sync twins; on one that has none, <c>.1</c> means the position itself (rule "Twin ids").</param>
    /// <param name="point">Where to go on, if the answer is null.</param>
    /// <returns>Why it cannot go on there, one of <see cref="GapReasons"/>; null if it can.</returns>
    public static string? Find(string text, IJournal journal, bool twins, out ResumePoint point)
    {
        point = default;

        // This version sends no merged windows (rule "Merged windows"), so an id inside one is not ours.
        if (!StreamCursor.TryParse(text, out var cursor) || cursor.MergedThrough is not null || (cursor.BeforeTwin && cursor.Offset == 0))
            return GapReasons.Damaged;

        var timeline = journal.Timeline;
        if (cursor.Timeline != timeline.Id)
            return GapReasons.Timeline;

        // The least head of *any* later generation, not of the next one: a later power cut may have taken more.
        if (cursor.Offset > timeline.LeastHeadAfter(cursor.Generation))
            return GapReasons.Timeline;

        if (cursor.Generation > timeline.Current || cursor.Offset > journal.Head)
            return GapReasons.Ahead;

        var isBeforeTwin = twins && cursor.BeforeTwin;
        var after = isBeforeTwin ? cursor.Offset - 1 : cursor.Offset;
        if (after < journal.Floor)
            return GapReasons.Window;

        point = new ResumePoint(after, isBeforeTwin ? cursor.Offset : 0);
        return null;
    }
}
