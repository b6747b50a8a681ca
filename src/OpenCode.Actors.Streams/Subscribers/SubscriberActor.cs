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
    private (int Frames, int Bytes) _sent;
    private LogReader? _reader;
    private State _state = State.Reading;
    private StreamEnd? _end;

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
        if (ResumePoint.MayBeAhead(request.Cursor, log.Journal, out var cursor))
        {
            // RULES A3: another node was faster, or it is no good; who has all of the log knows. Nothing is written before.
            _state = State.CatchingUp;
            Context.PipeTo(log.Journal.VerifyAsync(cursor.Generation, cursor.Offset, Context.Incarnation), static () => CaughtUp.Instance, static _ => CaughtUp.Instance);
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

        // The writer has its bytes: a client that takes nothing must not keep the slabs of frames that have left the ring (RULES D2).
        _sent = (_run.Count, _run.Bytes);
        _run.Clear();
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
        metrics.FramesWritten(_sent.Frames, _sent.Bytes);
        Reader.Written();
        _sentAt = _movedAt = Context.Time.GetTimestamp();
        _state = State.Reading;
        Arm(_sentAt, options.Heartbeat);
        ReportToAskers();
    }

    [LoggerMessage(EventId = 2003, Level = LogLevel.Warning, Message = "Stream {Stream} has a gap, {Reason}; it goes on after {Offset}.")]
    private static partial void LogGap(ILogger logger, ActorPath stream, string reason, long offset);
}
