using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Cursors;
using OpenCode.Actors.Streams.Frames;
using OpenCode.Actors.Streams.Log;

namespace OpenCode.Actors.Streams.Clients;

/// <summary>The result of a read of the next run.</summary>
internal enum FeedState
{
    /// <summary>The run has frames.</summary>
    Ready,

    /// <summary>It is not known yet where the stream goes on.</summary>
    NotOpen,

    /// <summary>The client has all there is; the feed is woken when there is more.</summary>
    CaughtUp,

    /// <summary>The client is behind the ring: <see cref="ClientFeed.NextPage"/> is what it needs.</summary>
    NeedsPage,

    /// <summary>What the client needs has left the journal.</summary>
    OutOfWindow,

    /// <summary>The client has all it will get.</summary>
    AllSent,
}

/// <summary>One client's cursor, and the run of frames that is read from there. It knows nothing of actors and streams; for one thread at a time.</summary>
internal sealed class ClientFeed : IDisposable
{
    private readonly EventLog _log;
    private readonly StreamEvents _events;
    private readonly LogReader _reader;
    private readonly StreamProgress _progress;
    private readonly JournalTraces? _traces;
    private readonly EntryFilter _filter;
    private readonly bool _isWrapped;
    private IReadOnlyList<byte[]>? _opening;
    private int _opened;
    private bool _isOpen;
    private long? _beganAfter;
    private long _reportAt = long.MaxValue;

    /// <summary>Registers the client with the ring: what is committed from now on is found, however long the first write takes.</summary>
    public ClientFeed(StreamRequest request, StreamProgress progress, SseClientSetup setup, Action wake)
    {
        _log = setup.Log;
        _events = setup.Events;
        _progress = progress;
        _traces = setup.Traces;
        _filter = request.Filter;
        _isWrapped = request.IsWrapped;
        _reader = new LogReader(_log.Ring, request.Filter, _isWrapped, wake);
    }

    /// <summary>Gets the frames to write next. The writer empties it.</summary>
    public FrameRun Run { get; } = new();

    public LogPagesActor.ReadPage NextPage => _reader.NextPage;

    /// <summary>Gets the id with which a client that is cut now resumes.</summary>
    public StreamCursor Id => _log.CursorAt(_reader.Point);

    public void Open(StreamOpening opening)
    {
        _isOpen = true;
        _reader.ContinueAt(opening.Point);
        if (_beganAfter is null)
        {
            _beganAfter = opening.Point.After;
            if (_reader.StopAt <= _beganAfter)
                _reader.StopAt = long.MaxValue;
        }

        _progress.Rest(_reader.Cursor);
        (_opening, _opened) = (opening.Frames, 0);
        AddOpening();
    }

    /// <summary>
    /// Nothing behind this offset is sent. A stream that began behind it goes on: it is one that a client made after the end of the others, and the word of that end came late, from
    /// another node.
    /// </summary>
    public void StopAfter(long offset)
    {
        if (_beganAfter is null || offset > _beganAfter)
            _reader.StopAt = Math.Min(_reader.StopAt, offset);
    }

    /// <summary>Takes note that an offset is waited for.</summary>
    public void ReportAt(long offset) => _reportAt = Math.Min(_reportAt, offset);

    /// <summary>Tells, once, that the client has all up to the offset that is waited for.</summary>
    public bool TryReport()
    {
        if (_reader.Cursor < _reportAt)
            return false;

        _reportAt = long.MaxValue;
        return true;
    }

    /// <summary>The run was written and flushed.</summary>
    public void Flushed()
    {
        _reader.Written();
        _progress.Flushed(_reader.Cursor);
        _traces?.Written(_reader.Cursor, _filter);
    }

    /// <summary>Looks for the next run. The phase says afterwards what is waited for.</summary>
    public FeedState Next()
    {
        // The first frames, a gap or a heartbeat may be in the run already.
        if (Run.Count > 0)
            return FeedState.Ready;
        if (!_isOpen)
            return FeedState.NotOpen;
        if (AddOpening())
            return FeedState.Ready;

        switch (_reader.Fill(Run))
        {
            case LogReading.Found:
                return FeedState.Ready;
            case LogReading.CaughtUp:
                _progress.Rest(_reader.Cursor);
                return FeedState.CaughtUp;
            case LogReading.Stopped:
                _progress.Await(StreamPhase.Ending);
                return FeedState.AllSent;
            case LogReading.BehindRing when _reader.Cursor < _log.Journal.Floor:
                _isOpen = false;
                _progress.Await(StreamPhase.Opening);
                return FeedState.OutOfWindow;
            default:
                _progress.Await(StreamPhase.AwaitingPage);
                return FeedState.NeedsPage;
        }
    }

    /// <summary>A wake-up was handled.</summary>
    public void Looked() => _reader.Looked();

    /// <summary>Takes the next run from a page. It may stay empty; then look again.</summary>
    public void Take(LogPage page) => _reader.Take(page, Run);

    /// <summary>Puts a heartbeat into the run if nothing else is to be said. It carries how far the log is by now; an event that is found is sign of life enough.</summary>
    public FeedState Beat()
    {
        var state = _progress.Phase == StreamPhase.AwaitingPage ? FeedState.CaughtUp : Next();
        if (state != FeedState.CaughtUp)
            return state;

        Run.Add(_events.Heartbeat(_isWrapped, Id));
        return FeedState.Ready;
    }

    // A repaint is longer than one write may be.
    private bool AddOpening()
    {
        while (_opening is not null && Run.HasRoomFor(_opening[_opened].Length))
        {
            Run.Add(_opening[_opened]);
            if (++_opened == _opening.Count)
                _opening = null;
        }

        return Run.Count > 0;
    }

    /// <summary>Ends the registration with the ring, and releases its frames.</summary>
    public void Dispose()
    {
        _reader.Close();
        Run.Clear();
    }
}
