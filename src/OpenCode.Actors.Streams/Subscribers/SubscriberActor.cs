using Microsoft.Extensions.Logging;
using OpenCode.Actors.Protocol.Cursors;
using OpenCode.Actors.Protocol.Events;
using OpenCode.Actors.Streams.Cursors;
using OpenCode.Actors.Streams.Frames;
using OpenCode.Actors.Streams.Log;

namespace OpenCode.Actors.Streams.Subscribers;

/// <summary>One SSE connection: a cursor into the log that moves on as fast as its client takes what it selects.</summary>
/// <remarks>
/// Reads the next run of frames only after the last write ended: from the ring, or from the journal's pages when it is behind the ring. Whatever its writer does ends this actor
/// alone; its supervisor never restarts it.
/// </remarks>
internal sealed partial class SubscriberActor(
    StreamRequest request, EventLog log, IActorRef pages, StreamEvents events, EventStreamOptions options, EventStreamMetrics metrics, ILogger<SubscriberActor> logger)
    : Actor
{
    // 1 MiB for one client, then the others have their turn.
    private const int RunsPerTurn = 4;

    private readonly FrameRun _run = new();
    private readonly bool _wrapped = request.Kind == StreamKind.Wrapped;
    private LogReader? _reader;
    private List<(long Offset, IActorRef Asker)>? _askers;
    private State _state = State.Reading;
    private StreamEnd? _end;

    // Timestamps: the last byte sent; since when it has not moved on although there was something to do; when the timer ticks, 0 if it does not.
    private long _sentAt;
    private long _movedAt;
    private long _timerDueAt;

    /// <summary>There is more to read. Sent by the log's tail to those who wait for it.</summary>
    public sealed record Wake : IDeadLetterNoise
    {
        public static Wake Instance { get; } = new();
    }

    /// <summary>The client has gone.</summary>
    public sealed record Disconnect : IDeadLetterNoise
    {
        public static Disconnect Instance { get; } = new();
    }

    /// <summary>Ends the stream by a reset.</summary>
    /// <param name="End">Why.</param>
    public sealed record Reset(StreamEnd End) : IDeadLetterNoise;

    /// <summary>Ends the stream cleanly once the client had all up to an offset, and nothing after it.</summary>
    /// <param name="Offset">That offset.</param>
    public sealed record EndAfter(long Offset) : IDeadLetterNoise;

    /// <summary>Asks whether the client had all up to an offset. Answered at once by <see cref="FlushReported"/>, and again when it had, if it had not.</summary>
    /// <param name="Offset">An offset that the ring has reached.</param>
    public sealed record ReportFlushed(long Offset) : IDeadLetterNoise;

    /// <summary>How far the client is.</summary>
    /// <param name="Flushed">Whether it had all up to the offset that was asked for.</param>
    /// <param name="Stuck">For how long it has taken nothing although there was something; zero when flushed.</param>
    public sealed record FlushReported(bool Flushed, TimeSpan Stuck) : IDeadLetterNoise;

    private sealed record Written : IDeadLetterNoise
    {
        public static Written Instance { get; } = new();
    }

    private sealed record CaughtUp : IDeadLetterNoise
    {
        public static CaughtUp Instance { get; } = new();
    }

    private sealed record WriteFailed(Exception Cause) : IDeadLetterNoise;

    private sealed record Continue : IDeadLetterNoise
    {
        public static Continue Instance { get; } = new();
    }

    private sealed record Tick : IDeadLetterNoise
    {
        public static Tick Instance { get; } = new();
    }

    private enum State
    {
        /// <summary>Waits to know whether its cursor is beyond the log; nothing was written.</summary>
        CatchingUp,

        /// <summary>In its turn, with something to look for.</summary>
        Reading,

        /// <summary>Has all there is; the tail wakes it.</summary>
        Waiting,

        /// <summary>Behind the ring, waits for a page.</summary>
        AwaitingPage,

        /// <summary>A write is under way.</summary>
        Writing,

        /// <summary>The clean end is under way.</summary>
        Ending,

        /// <summary>Over.</summary>
        Ended,
    }

    private LogReader Reader => _reader!;

    // RULES A4: between two twins the cursor still stands before their entry, and the id says so.
    private StreamCursor Id => Reader.HasFirstTwin ? log.CursorAt(Reader.Cursor + 1, twin: true) : log.CursorAt(Reader.Cursor);

    public static Props PropsFor(
        StreamRequest request, EventLog log, IActorRef pages, StreamEvents events, EventStreamOptions options, EventStreamMetrics metrics, ILogger<SubscriberActor> logger) =>
        Props.Create(() => new SubscriberActor(request, log, pages, events, options, metrics, logger));

    protected override ValueTask PreStartAsync()
    {
        metrics.StreamConnected();
        _sentAt = _movedAt = Context.Time.GetTimestamp();

        // Registered before the first byte: what is committed from here on is found, however long the first write takes.
        _reader = new LogReader(log.Ring, request.Filter, _wrapped, Self);
        Arm(_sentAt, options.Heartbeat);
        if (ResumePoint.MayBeAhead(request.Cursor, log.Journal))
        {
            // RULES A3: another node was faster, or it is no good; who has all of the log knows. Nothing is written before.
            _state = State.CatchingUp;
            Context.PipeTo(log.Journal.CatchUpAsync(Context.Incarnation), static _ => CaughtUp.Instance, static _ => CaughtUp.Instance);
            return ValueTask.CompletedTask;
        }

        Open();
        StartReading();
        return ValueTask.CompletedTask;
    }

    protected override ValueTask ReceiveAsync(object message)
    {
        switch (message)
        {
            case CaughtUp:
                if (_state == State.CatchingUp)
                {
                    Open();
                    StartReading();
                }

                break;
            case Wake:
                if (_state == State.Waiting)
                    StartReading();
                break;
            case Written:
                OnWritten();
                break;
            case WriteFailed m:
                EndByFailure(m.Cause);
                break;
            case Continue:
                Pump();
                break;
            case LogPagesActor.PageRead m:
                OnPageRead(m.Page);
                break;
            case LogPagesActor.PageTrimmed:
                if (_state == State.AwaitingPage)
                    StartReading();
                break;
            case LogPagesActor.PageFailed m:
                EndBy(new StreamEnd(StreamEndReason.Unreadable, m.Cause.Message));
                break;
            case Tick:
                OnTick();
                break;
            case ReportFlushed m:
                OnReportFlushed(m);
                break;
            case EndAfter m:
                Reader.StopAt = Math.Min(Reader.StopAt, m.Offset);
                if (_state == State.Waiting)
                    StartReading();
                break;
            case Reset m:
                EndBy(m.End);
                break;
            case Disconnect:
                EndBy(new StreamEnd(StreamEndReason.Disconnected, "The client went away."));
                break;
            default:
                return Unhandled(message);
        }

        return ValueTask.CompletedTask;
    }

    protected override ValueTask PostStopAsync()
    {
        // Stopped by its parent, or failed: then nobody has told the client yet.
        Finish(new StreamEnd(StreamEndReason.Broken, "The subscriber was stopped."), clean: false);
        _reader?.Close();
        return ValueTask.CompletedTask;
    }

    /// <summary>Finds where the stream begins (RULES A1 to A3) and says so in its first frames. A repaint (RULES A6, D3) has its place here.</summary>
    private void Open()
    {
        if (string.IsNullOrEmpty(request.Cursor))
        {
            Reader.GoOnAt(new ResumePoint(log.Ring.End, FirstTwinOf: 0));
            _run.Add(events.Connected(_wrapped, Id));
        }
        else if (ResumePoint.Find(request.Cursor, log.Journal, _wrapped, out var point) is { } reason)
        {
            // No id before the gap's own: a client that is cut between the two must hear of the gap again.
            _run.Add(events.Connected(_wrapped, id: null));
            AddGap(reason, request.Cursor);
        }
        else
        {
            Reader.GoOnAt(point);
            _run.Add(events.Connected(_wrapped, Id));
        }
    }

    private void AddGap(string reason, string from)
    {
        Reader.GoOnAt(new ResumePoint(log.Ring.End, FirstTwinOf: 0));
        _run.Add(events.Gap(_wrapped, reason, from, Id));
        metrics.GapTold(reason);
        LogGap(logger, Self.Path, reason, Reader.Cursor);
    }

    private void StartReading()
    {
        _state = State.Reading;
        _movedAt = Context.Time.GetTimestamp();
        Pump();
    }

    /// <summary>Reads and writes until there is nothing to read, the client is slower than we, or others want their turn.</summary>
    private void Pump()
    {
        var runs = 0;
        while (_state == State.Reading)
        {
            if (runs++ == RunsPerTurn)
            {
                Self.Tell(Continue.Instance, Self);
                return;
            }

            // The first frames, a gap or a heartbeat may be in the run already.
            if (_run.Count > 0 || Fill())
                Write();
        }
    }

    /// <summary>Fills the run. False if there is nothing to write; then the state says what is waited for.</summary>
    private bool Fill()
    {
        switch (Reader.Fill(_run))
        {
            case LogReading.Found:
                return true;
            case LogReading.CaughtUp:
                _state = State.Waiting;
                ReportToAskers();
                return false;
            case LogReading.Stopped:
                EndCleanly();
                return false;
            case LogReading.BehindRing when Reader.Cursor < log.Journal.Floor:
                AddGap(GapReasons.Window, Id.ToString());
                return true;
            default:
                _state = State.AwaitingPage;
                pages.Tell(Reader.NextPage, Self);
                return false;
        }
    }

    private void OnPageRead(LogPage page)
    {
        if (_state != State.AwaitingPage)
            return;

        Reader.Take(page, _run);
        StartReading();
    }

    private void Write()
    {
        ValueTask write;
        try
        {
            write = request.Writer.WriteAsync(_run, Context.Incarnation);
        }
        catch (Exception cause)
        {
            EndByFailure(cause);
            return;
        }

        _state = State.Writing;
        if (write.IsCompletedSuccessfully)
        {
            write.GetAwaiter().GetResult(); // Ended: nothing is waited for. Gives a pooled source back.
            _run.Limit = FrameRun.MaxBytes;
            AfterWrite();
            return;
        }

        _run.Limit = FrameRun.SlowBytes;

        _movedAt = Context.Time.GetTimestamp();
        Arm(_movedAt, options.WriteTimeout);
        Context.PipeTo(write, static () => Written.Instance, static cause => new WriteFailed(cause));
    }

    private void OnWritten()
    {
        if (_state == State.Ending)
        {
            Finish(new StreamEnd(StreamEndReason.Disposed, "The instance was disposed."), clean: true);
            Context.Stop(Self);
        }
        else if (_state == State.Writing)
        {
            AfterWrite();
            Pump();
        }
    }

    private void AfterWrite()
    {
        metrics.FramesWritten(_run.Count, _run.Bytes);
        _run.Clear();
        Reader.Written();
        _sentAt = _movedAt = Context.Time.GetTimestamp();
        _state = State.Reading;
        Arm(_sentAt, options.Heartbeat);
        ReportToAskers();
    }

    private void OnTick()
    {
        _timerDueAt = 0;
        var now = Context.Time.GetTimestamp();
        switch (_state)
        {
            case State.Writing or State.Ending when Context.Time.GetElapsedTime(_movedAt, now) >= options.WriteTimeout:
                EndBy(new StreamEnd(StreamEndReason.Stalled, $"The client took nothing for {options.WriteTimeoutMs} ms."));
                break;
            case State.Writing or State.Ending:
                Arm(_movedAt, options.WriteTimeout);
                break;
            case State.Waiting or State.AwaitingPage when Context.Time.GetElapsedTime(_sentAt, now) >= options.Heartbeat:
                SendHeartbeat();
                break;
            default:
                Arm(_state is State.Reading or State.CatchingUp ? now : _sentAt, options.Heartbeat);
                break;
        }

        if (_timerDueAt == 0 && _state != State.Ended)
            Arm(now, options.Heartbeat);
    }

    private void SendHeartbeat()
    {
        // Looks once more, so that the heartbeat carries how far the log is by now. An event that is found is sign of life enough.
        if (_state == State.AwaitingPage || (!Fill() && _state == State.Waiting))
            _run.Add(events.Heartbeat(_wrapped, Id));
        else if (_run.Count == 0)
            return;

        _state = State.Reading;
        Pump();
    }

    /// <summary>Makes sure that a tick comes in time. One that is due earlier looks again then, so that an event does not have to touch the timer.</summary>
    private void Arm(long from, TimeSpan delay)
    {
        var due = from + (long)(delay.TotalSeconds * Context.Time.TimestampFrequency);
        if (_timerDueAt != 0 && _timerDueAt <= due)
            return;

        _timerDueAt = due;
        var left = Context.Time.GetElapsedTime(Context.Time.GetTimestamp(), due);
        Context.Timers.StartSingle(nameof(Tick), Tick.Instance, TimeSpan.FromMilliseconds(Math.Max(0, Math.Ceiling(left.TotalMilliseconds))));
    }

    private void OnReportFlushed(ReportFlushed message)
    {
        // Its cursor may be old only because nothing came for it: look.
        if (_state == State.Waiting)
            StartReading();

        if (Reader.Cursor >= message.Offset)
        {
            Sender.Tell(new FlushReported(Flushed: true, TimeSpan.Zero), Self);
            return;
        }

        _askers ??= [];
        if (!_askers.Contains((message.Offset, Sender)))
            _askers.Add((message.Offset, Sender));
        Sender.Tell(new FlushReported(Flushed: false, Context.Time.GetElapsedTime(_movedAt)), Self);
    }

    private void ReportToAskers()
    {
        for (var i = (_askers?.Count ?? 0) - 1; i >= 0; i--)
        {
            if (_askers![i].Offset > Reader.Cursor)
                continue;

            _askers[i].Asker.Tell(new FlushReported(Flushed: true, TimeSpan.Zero), Self);
            _askers.RemoveAt(i);
        }
    }

    private void EndCleanly()
    {
        _state = State.Ending;
        _movedAt = Context.Time.GetTimestamp();
        Arm(_movedAt, options.WriteTimeout);
        try
        {
            Context.PipeTo(request.Writer.EndAsync(), static () => Written.Instance, static cause => new WriteFailed(cause));
        }
        catch (Exception cause)
        {
            EndByFailure(cause);
        }
    }

    private void EndByFailure(Exception cause) => EndBy(cause is OperationCanceledException
        ? new StreamEnd(StreamEndReason.Disconnected, "The client went away during a write.")
        : new StreamEnd(StreamEndReason.Failed, cause.Message));

    private void EndBy(StreamEnd end)
    {
        Finish(end, clean: false);
        Context.Stop(Self);
    }

    private void Finish(StreamEnd end, bool clean)
    {
        if (_end is not null)
            return;

        _end = end;
        _state = State.Ended;
        if (!clean)
            request.Writer.Reset(end);
        Context.Parent.Tell(new SubscribersActor.Ended(Self, end), Self);
        metrics.StreamEnded(end.ReasonName);
        var at = _reader?.Cursor ?? 0;
        LogEnded(logger, Self.Path, request.Kind, end.ReasonName, at, log.Ring.End - at, end.Detail);
        request.End(end);
    }

    [LoggerMessage(EventId = 2002, Level = LogLevel.Information, Message = "Stream {Stream} ({Kind}) ended, {Reason}, at {Offset}, {Behind} behind the tail: {Detail}")]
    private static partial void LogEnded(ILogger logger, ActorPath stream, StreamKind kind, string reason, long offset, long behind, string detail);

    [LoggerMessage(EventId = 2003, Level = LogLevel.Warning, Message = "Stream {Stream} has a gap, {Reason}; it goes on after {Offset}.")]
    private static partial void LogGap(ILogger logger, ActorPath stream, string reason, long offset);
}
