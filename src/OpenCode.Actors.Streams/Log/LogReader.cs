using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Events;
using OpenCode.Actors.Streams.Cursors;
using OpenCode.Actors.Streams.Frames;

namespace OpenCode.Actors.Streams.Log;

/// <summary>What a look for the next run found.</summary>
internal enum LogReading
{
    /// <summary>Frames are in the run.</summary>
    Found,

    /// <summary>Nothing more for now; the reader is woken when there is.</summary>
    CaughtUp,

    /// <summary>What comes next has left the ring: take it from a page of the journal.</summary>
    BehindRing,

    /// <summary>All up to the offset to stop at was written.</summary>
    Stopped,
}

/// <summary>One client's cursor: fills runs from the ring, or from pages while it is behind the ring. For one thread at a time.</summary>
/// <remarks>Live, resume and catch-up are this one way: a cursor at the tail, a little behind, or far behind.</remarks>
internal sealed class LogReader(LogRing ring, EntryFilter filter, bool wrapped, Action wake)
{
    private readonly LaneReader _registration = ring.Subscribe(filter, wake);

    // What the run under way takes the cursor to.
    private long _through;

    // The next ordinal of its lane; -1 while it is not known: at the start, and after it fell behind the ring.
    private long _ordinal = -1;

    // The entry whose first frame the client has: its twin is next (rule "Twin ids").
    private long _beforeTwinOf;
    private bool _exactPage;

    /// <summary>Gets the cursor: all that is selected up to it was written.</summary>
    public long Cursor { get; private set; }

    /// <summary>Gets where a client that is cut now resumes.</summary>
    public ResumePoint Point => new(Cursor, _beforeTwinOf);

    /// <summary>Gets or sets the offset behind which nothing is read.</summary>
    public long StopAt { get; set; } = long.MaxValue;

    /// <summary>Gets the question for the page it needs next.</summary>
    public LogPagesActor.ReadPage NextPage => new(filter, wrapped, Cursor, _exactPage);

    private LogLane Lane => _registration.Lane;

    /// <summary>Moves the cursor.</summary>
    public void ContinueAt(ResumePoint point)
    {
        Cursor = _through = point.After;
        _beforeTwinOf = point.BeforeTwinOf;
        _ordinal = -1;
    }

    /// <summary>Takes the next run from where the cursor is.</summary>
    /// <param name="run">Empty.</param>
    public LogReading Fill(FrameRun run)
    {
        while (Cursor < StopAt)
        {
            if (!FindOrdinal())
                return LogReading.BehindRing;

            var end = ring.End; // Before the lane is read: what is not in the lane after this is not selected up to here.
            TakeFromLane(run);
            if (run.Count > 0)
                return LogReading.Found;

            if (Lane.HasLeft(_ordinal))
                _ordinal = -1;
            else if (Cursor < end)
                Cursor = _through = Math.Min(end, StopAt);
            else if (_registration.TryWait(_ordinal))
                return LogReading.CaughtUp;
        }

        return LogReading.Stopped;
    }

    /// <summary>Takes the next run from a page. It may stay empty; then look again.</summary>
    public void Take(LogPage page, FrameRun run)
    {
        _exactPage = page.Through <= Cursor;
        if (filter.SessionId is not null && page.DeletedAt > Cursor)
            StopAt = Math.Min(StopAt, page.DeletedAt);
        var isComplete = true;
        foreach (var entry in page.Behind(Cursor))
        {
            if (entry.Offset > StopAt)
                break;

            isComplete = TryAdd(entry, run);
            if (!isComplete)
                break;
        }

        if (isComplete)
            _through = Math.Max(_through, Math.Min(page.Through, StopAt));
        if (run.Count == 0)
            Cursor = _through;
    }

    /// <summary>Says that the run was written: the cursor is behind it now.</summary>
    public void Written() => Cursor = _through;

    /// <summary>The wake-up was handled.</summary>
    public void Looked() => _registration.Looked();

    /// <summary>Ends the registration.</summary>
    public void Close() => ring.Unsubscribe(_registration, filter);

    // Of a session that is deleted no more is to come.
    private bool EndsWith(LogEntry entry) => filter.SessionId is not null && entry.Type == EventTypes.SessionDeleted;

    private bool FindOrdinal()
    {
        if (_ordinal >= 0)
            return true;

        var ordinal = Lane.FindAfter(Cursor);

        // Looked at afterwards: if the ring still begins at or before the cursor, nothing behind it left while we searched.
        if (ring.After > Cursor)
            return false;

        _ordinal = ordinal;
        return true;
    }

    private void TakeFromLane(FrameRun run)
    {
        while (Lane.TryRead(_ordinal, out var slot) && slot.Offset <= StopAt)
        {
            // An offset at or before the cursor: the client was here before this node's tail was.
            if (slot.Offset > Cursor && !TryAdd(ring.FramesOf(slot, wrapped), run))
                return;

            if (EndsWith(slot.Entry))
                StopAt = slot.Offset;
            _ordinal++;
        }
    }

    /// <summary>False if the run is full. A view that merges for slow clients (rule "Merged windows") has its place in front of this.</summary>
    private bool TryAdd(in EntryFrames entry, FrameRun run)
    {
        if (!run.HasRoomFor(entry.Bytes))
            return false;

        // A client that resumes between the two frames of this entry gets the twin alone.
        if (entry.Offset != _beforeTwinOf)
            run.Add(entry.First);
        if (!entry.Twin.IsEmpty)
            run.Add(entry.Twin);
        _through = entry.Offset;
        return true;
    }
}
