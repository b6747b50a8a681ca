using Akka.Actor;
using Akka.Event;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Protocol.Events;
using OpenCode.Actors.Streams.Cursors;
using OpenCode.Actors.Streams.Repaints;
using OpenCode.Actors.Streams.Log;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace OpenCode.Actors.Streams.Clients;

/// <summary>Owns one SSE connection: says where its stream begins, how it ends, and how far it is.</summary>
/// <remarks>
/// The frames pass it by: they go from the ring to the response in the stream that it materializes, <see cref="LogSource"/> to <see cref="SseSink"/>. The actor ends with its
/// stream, and the stream with the actor. It is never restarted: a client that lost its place reconnects with its cursor.
/// Untyped on purpose: the table of a <see cref="ReceiveActor"/> would cost each idle connection 1.1 KB more of its 20.
/// </remarks>
internal sealed partial class SseClientActor(SseConnection connection, SseStream stream, SseClientSetup setup) : UntypedActor
{
    private readonly CancellationTokenSource _incarnation = new();
    private List<(long Offset, IActorRef Asker)>? _askers;
    private (string Reason, string From)? _gap;
    private bool _isOpen;

    /// <summary>The client has gone.</summary>
    public sealed record Disconnect : IDeadLetterSuppression;

    /// <summary>Ends the stream by a reset.</summary>
    /// <param name="End">Why.</param>
    public sealed record Reset(StreamEnd End) : IDeadLetterSuppression;

    /// <summary>Ends the stream cleanly once the client had all up to an offset, and nothing after it.</summary>
    /// <param name="Offset">That offset.</param>
    public sealed record EndAfter(long Offset) : IDeadLetterSuppression;

    /// <summary>Asks whether the client had all up to an offset. Answered at once by <see cref="FlushReported"/>, and again when it had, if it had not.</summary>
    /// <param name="Offset">An offset that the ring has reached.</param>
    public sealed record ReportFlushed(long Offset) : IDeadLetterSuppression;

    /// <summary>How far the client is.</summary>
    /// <param name="Flushed">Whether it had all up to the offset that was asked for.</param>
    /// <param name="Stuck">For how long it has taken nothing although there was something; zero when flushed.</param>
    public sealed record FlushReported(bool Flushed, TimeSpan Stuck) : IDeadLetterSuppression;

    /// <summary>Something is due by the clock. From the hub.</summary>
    public sealed record Tick : IDeadLetterSuppression;

    /// <summary>The client has all up to an offset that was waited for. From the stream.</summary>
    public sealed record CursorReached : IDeadLetterSuppression;

    /// <summary>The client has all that <see cref="EndAfter"/> lets it have, and no write is under way. From the stream.</summary>
    public sealed record AllSent : IDeadLetterSuppression;

    /// <summary>What the client needs next has left the journal. From the stream, which waits for a <see cref="StreamOpening"/>.</summary>
    /// <param name="Id">With which the client would have resumed.</param>
    public sealed record OutOfWindow(string Id) : IDeadLetterSuppression;

    /// <summary>The stream is over. From the stream.</summary>
    /// <param name="Cause">Why; null when it was stopped.</param>
    /// <param name="InWriter">Whether the writer failed, and not we.</param>
    public sealed record StreamEnded(Exception? Cause, bool InWriter) : IDeadLetterSuppression
    {
        public static StreamEnded WithoutCause { get; } = new(Cause: null, InWriter: false);
    }

    private sealed record Verified : IDeadLetterSuppression;

    private sealed record Closed : IDeadLetterSuppression;

    private sealed record CloseFailed(Exception Cause) : IDeadLetterSuppression;

    public static Props PropsFor(SseConnection connection, SseStream stream, SseClientSetup setup) => 
        Props.CreateBy(new ActorProducer<SseClientActor>(() => new SseClientActor(connection, stream, setup)));

    protected override void PreStart()
    {
        connection.Own(Self, _incarnation.Token);
        stream.Run(connection);

        if (ResumePoint.MayBeAhead(connection.Request.Cursor, setup.Log.Journal, out var cursor))
        {
            // Only the journal knows whether the cursor is good (rule "Good cursor"). Nothing is written before.
            setup.Log.Journal.VerifyAsync(cursor.Generation, cursor.Offset, _incarnation.Token).AsTask()
                .PipeTo(Self, success: static () => new Verified(), failure: static _ => new Verified());
            return;
        }

        Open();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Tick: OnTick(); break;
            case ReportFlushed m: OnReportFlushed(m); break;
            case CursorReached: AnswerAskers(); break;
            case LogPagesActor.PageRead or LogPagesActor.PageTrimmed or EndAfter: connection.Signal(message); break;
            case LogPagesActor.PageFailed m: End(StreamEndReason.Unreadable, m.Cause.Message); break;
            case OutOfWindow m: OpenBehindGap(GapReasons.Window, m.Id); break;
            case Repaint m: OnRepaint(m); break;
            case AllSent: Close(); break;
            case Closed: End(CleanEnd(), isClean: true); break;
            case CloseFailed m: EndByWriter(m.Cause); break;
            case StreamEnded m: OnStreamEnded(m); break;
            case Reset m: End(m.End); break;
            case Disconnect: End(StreamEndReason.Disconnected, "The client went away."); break;
            case Verified: Open(); break;
            default: Unhandled(message); break;
        }
    }

    protected override void PostStop()
    {
        connection.TryEnd(new StreamEnd(StreamEndReason.Broken, connection.Fault?.Message ?? "The client's actor was stopped."));
        connection.Signal(new LogSource.Stop());
        _incarnation.Cancel();
        _incarnation.Dispose();
    }

    private void Open()
    {
        if (_isOpen)
            return;

        var request = connection.Request;
        if (StreamOpening.Find(request, setup, out var reason) is { } opening)
            Open(opening);
        else if (reason is not null)
            OpenBehindGap(reason, request.Cursor!);
        else if (setup.Repaints is { } repaints && request.Kind != StreamKind.Session)
            repaints.Tell(new RepaintActor.Get(request.Filter, request.IsWrapped, request.WantsChanges));
        else
            Open(StreamOpening.AtTail(request, setup, repaint: null));
    }

    private void OpenBehindGap(string reason, string from)
    {
        _gap = (reason, from);
        if (setup.Repaints is { } repaints)
            repaints.Tell(new RepaintActor.Get(connection.Request.Filter, connection.Request.IsWrapped, WithChanges: true));
        else
            OnRepaint(null);
    }

    private void OnRepaint(Repaint? repaint)
    {
        Open(_gap is { } gap
            ? StreamOpening.BehindGap(gap, isFirst: !_isOpen, connection.Request, setup, repaint)
            : StreamOpening.AtTail(connection.Request, setup, repaint));
        _gap = null;
    }

    private void Open(StreamOpening opening)
    {
        _isOpen = true;
        if (opening.GapReason is { } reason)
        {
            setup.Metrics.GapAnnounced(reason);
            LogGap(setup.ClientLogger, Self.Path, reason, opening.Point.After);
        }

        connection.Signal(opening);
    }

    // Here alone a stalled client ends: its write has waited for write_timeout_ms. The hub sends the tick.
    private void OnTick()
    {
        var progress = connection.Progress;
        var phase = progress.Phase;
        if (progress.TimeLeft(setup.Options) > TimeSpan.Zero)
            return;

        switch (phase)
        {
            case StreamPhase.Opening:
                End(StreamEndReason.Unreadable, $"The journal did not say within {setup.Options.WriteTimeoutMs} ms where the stream begins.");
                break;
            case StreamPhase.Writing or StreamPhase.Ending:
                End(StreamEndReason.Stalled, $"The client took nothing for {setup.Options.WriteTimeoutMs} ms.");
                break;
            default:
                connection.Signal(new LogSource.Beat());
                break;
        }
    }

    private void OnReportFlushed(ReportFlushed message)
    {
        if (connection.Progress.Cursor >= message.Offset)
        {
            Sender.Tell(new FlushReported(Flushed: true, TimeSpan.Zero));
            return;
        }

        _askers ??= [];
        if (!_askers.Contains((message.Offset, Sender)))
            _askers.Add((message.Offset, Sender));
        connection.Signal(new LogSource.ReportAt(message.Offset));
        Sender.Tell(new FlushReported(Flushed: false, connection.Progress.Stuck));
    }

    private void AnswerAskers()
    {
        var cursor = connection.Progress.Cursor;
        var next = long.MaxValue;
        for (var i = (_askers?.Count ?? 0) - 1; i >= 0; i--)
        {
            var (offset, asker) = _askers![i];
            if (offset > cursor)
            {
                next = Math.Min(next, offset);
                continue;
            }

            asker.Tell(new FlushReported(Flushed: true, TimeSpan.Zero));
            _askers.RemoveAt(i);
        }

        if (next != long.MaxValue)
            connection.Signal(new LogSource.ReportAt(next));
    }

    // The stream has nothing under way and waits: the writer is this actor's now.
    private void Close()
    {
        try
        {
            connection.Request.Writer.EndAsync().AsTask().PipeTo(Self, success: static () => new Closed(), failure: static cause => new CloseFailed(cause));
        }
        catch (Exception cause)
        {
            EndByWriter(cause);
        }
    }

    private StreamEnd CleanEnd() => connection.Request.Kind == StreamKind.Session
        ? new StreamEnd(StreamEndReason.Deleted, "The session was deleted.")
        : new StreamEnd(StreamEndReason.Disposed, "The instance was disposed.");

    private void OnStreamEnded(StreamEnded message)
    {
        if (message.InWriter)
        {
            EndByWriter(message.Cause!);
            return;
        }

        connection.Fault = message.Cause;
        End(StreamEndReason.Broken, message.Cause?.Message ?? "The stream was stopped.");
    }

    private void EndByWriter(Exception cause)
    {
        if (cause is OperationCanceledException)
            End(StreamEndReason.Disconnected, "The client went away during a write.");
        else
            End(StreamEndReason.Failed, cause.Message);
    }

    private void End(StreamEndReason reason, string detail) => End(new StreamEnd(reason, detail));

    private void End(StreamEnd end, bool isClean = false)
    {
        connection.TryEnd(end, isClean);
        Context.Stop(Self);
    }

    [LoggerMessage(EventId = 2003, Level = LogLevel.Warning, Message = "Stream {Stream} has a gap, {Reason}; it goes on after {Offset}.")]
    private static partial void LogGap(ILogger logger, ActorPath stream, string reason, long offset);
}
