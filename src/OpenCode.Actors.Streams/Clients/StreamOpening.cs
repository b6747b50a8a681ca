using OpenCode.Actors.Protocol.Events;
using OpenCode.Actors.Streams.Cursors;
using OpenCode.Actors.Streams.Repaints;

namespace OpenCode.Actors.Streams.Clients;

/// <summary>Where a stream begins, or goes on behind a gap, and the frames that say so.</summary>
/// <param name="Point">Where it reads on.</param>
/// <param name="Frames">What is sent before.</param>
/// <param name="GapReason">One of <see cref="GapReasons"/>; null without a gap.</param>
internal sealed record StreamOpening(ResumePoint Point, IReadOnlyList<byte[]> Frames, string? GapReason = null)
{
    /// <summary>Finds where a stream begins (rule "An id is a promise").</summary>
    /// <returns>Null when the cursor is no good, for <paramref name="gap"/>, or when there is none.</returns>
    public static StreamOpening? Find(StreamRequest request, SseClientSetup setup, out string? gap)
    {
        gap = null;
        if (string.IsNullOrEmpty(request.Cursor))
            return null;

        gap = ResumePoint.Find(request.Cursor, setup.Log.Journal, request.IsWrapped, out var point);
        return gap is null ? new StreamOpening(point, [setup.Events.Connected(request.IsWrapped, setup.Log.CursorAt(point))]) : null;
    }

    /// <summary>Begins at the tail, or at what a repaint is exact for.</summary>
    public static StreamOpening AtTail(StreamRequest request, SseClientSetup setup, Repaint? repaint)
    {
        var point = PointOf(request, setup, repaint);
        var isBare = repaint is not { Frames.Count: > 0 };
        return new StreamOpening(point, [setup.Events.Connected(request.IsWrapped, isBare ? setup.Log.CursorAt(point) : null), .. Painted(request, setup, point, repaint)]);
    }

    /// <summary>Goes on at the tail, or at what a repaint is exact for, with the frame that says what was lost.</summary>
    /// <param name="gap">Why, and the cursor that is no good.</param>
    /// <param name="isFirst">Whether the stream begins here.</param>
    /// <param name="request">The request of the stream.</param>
    /// <param name="setup">The log.</param>
    /// <param name="repaint">What follows; null for nothing.</param>
    public static StreamOpening BehindGap((string Reason, string From) gap, bool isFirst, StreamRequest request, SseClientSetup setup, Repaint? repaint)
    {
        var point = PointOf(request, setup, repaint);
        var to = setup.Log.CursorAt(point);

        // No id before the last frame: a client that is cut before it must get all of it again (rules "No id before a gap" and "Repaint whole or nothing").
        var frames = new List<byte[]>();
        if (isFirst)
            frames.Add(setup.Events.Connected(request.IsWrapped, id: null));
        frames.Add(setup.Events.Gap(request.IsWrapped, gap.Reason, gap.From, to, withId: repaint is not { Frames.Count: > 0 }));
        return new StreamOpening(point, [.. frames, .. Painted(request, setup, point, repaint)], gap.Reason);
    }

    // A repaint with frames is of a session that is still there at its offset. Without frames nothing keeps the stream from beginning before it.
    private static ResumePoint PointOf(StreamRequest request, SseClientSetup setup, Repaint? repaint)
    {
        var tail = repaint?.Through ?? setup.Log.Ring.End;
        return new(repaint is { Frames.Count: > 0 } ? tail : Math.Min(tail, request.BeginsBy), BeforeTwinOf: 0);
    }

    // The frames are shared and have no id; the heartbeat behind them carries it.
    private static IEnumerable<byte[]> Painted(StreamRequest request, SseClientSetup setup, ResumePoint point, Repaint? repaint) =>
        repaint is { Frames.Count: > 0 } ? [.. repaint.Frames, setup.Events.Heartbeat(request.IsWrapped, setup.Log.CursorAt(point))] : [];
}
