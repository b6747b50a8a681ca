using OpenCode.Actors.Protocol.Events;
using OpenCode.Actors.Streams.Cursors;

namespace OpenCode.Actors.Streams.Clients;

/// <summary>Where a stream begins, or goes on behind a gap, and the frames that say so. A repaint (rule "Repaint scope") would be sent here.</summary>
/// <param name="Point">Where it reads on.</param>
/// <param name="Frames">What is sent before.</param>
/// <param name="GapReason">One of <see cref="GapReasons"/>; null without a gap.</param>
internal sealed record StreamOpening(ResumePoint Point, IReadOnlyList<byte[]> Frames, string? GapReason = null)
{
    /// <summary>Finds where a stream begins (rule "An id is a promise").</summary>
    public static StreamOpening Find(StreamRequest request, SseClientSetup setup)
    {
        var point = new ResumePoint(Math.Min(setup.Log.Ring.End, request.BeginsBy), BeforeTwinOf: 0);
        if (!string.IsNullOrEmpty(request.Cursor) && ResumePoint.Find(request.Cursor, setup.Log.Journal, request.IsWrapped, out point) is { } reason)
        {
            // No id before the gap's own: a client that is cut between the two must get the gap again.
            var gap = BehindGap(reason, request.Cursor, request, setup);
            return gap with { Frames = [setup.Events.Connected(request.IsWrapped, id: null), .. gap.Frames] };
        }

        return new StreamOpening(point, [setup.Events.Connected(request.IsWrapped, setup.Log.CursorAt(point))]);
    }

    /// <summary>Goes on at the tail, with the frame that says what was lost.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="from">The cursor that is no good.</param>
    /// <param name="request">The request of the stream.</param>
    /// <param name="setup">The log.</param>
    public static StreamOpening BehindGap(string reason, string from, StreamRequest request, SseClientSetup setup)
    {
        var point = new ResumePoint(setup.Log.Ring.End, BeforeTwinOf: 0);
        return new StreamOpening(point, [setup.Events.Gap(request.IsWrapped, reason, from, setup.Log.CursorAt(point))], reason);
    }
}
