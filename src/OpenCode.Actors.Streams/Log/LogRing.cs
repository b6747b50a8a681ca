using OpenCode.Actors.Journal;
using OpenCode.Actors.Streams.Frames;

namespace OpenCode.Actors.Streams.Log;

/// <summary>The most recent entries, bounded by bytes, all frames counted (rule "Bounded memory"), with a lane for each location and session.</summary>
/// <remarks>
/// The tail appends; readers take lanes without a lock. What changes the ring goes through one gate: an append, a frame that is made (once an event, not once a
/// delivery), a stream that comes or goes. Nothing is awaited and no wake-up is called behind it.
/// </remarks>
internal sealed class LogRing
{
    private readonly Lock _gate = new();
    private readonly FrameEncoder _encoder;
    private readonly FrameSlabs _slabs;
    private readonly LogLane _all = new();
    private readonly Dictionary<string, LogLane> _locations = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LogLane> _sessions = new(StringComparer.Ordinal);
    private readonly List<LogLane> _touched = [];
    private long _after;
    private long _end;
    private long _bytes;
    private long _framesMade;
    private int _readers;

    /// <summary>Makes an empty ring.</summary>
    /// <param name="after">The offset behind which the log is followed.</param>
    /// <param name="capacityBytes">What entries and frames may take.</param>
    /// <param name="encoder">Makes the frames; for this ring alone.</param>
    public LogRing(long after, long capacityBytes, FrameEncoder encoder)
    {
        _after = after;
        _end = after;
        _encoder = encoder;
        _slabs = new(capacityBytes);
        CapacityBytes = capacityBytes;
    }

    /// <summary>Gets the offset behind which every entry is in the ring.</summary>
    public long After => Volatile.Read(ref _after);

    /// <summary>Gets the offset of the last entry: the log's tail on this node.</summary>
    public long End => Volatile.Read(ref _end);

    public long CapacityBytes { get; }

    /// <summary>Gets what entries and the slabs of their frames take.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Gets how often an entry was encoded, each kind of stream counted: at most once per entry and kind while it is in the ring.</summary>
    public long FramesMade => Volatile.Read(ref _framesMade);

    /// <summary>Gets the readers that were woken and have not looked yet.</summary>
    public WakeWave Wave { get; } = new();

    /// <summary>Gets how many readers are registered.</summary>
    public int Readers => Volatile.Read(ref _readers);

    /// <summary>Appends entries that follow the last one without a hole, and lets the oldest go until the rest fits.</summary>
    public void Append(IReadOnlyList<LogEntry> entries)
    {
        for (var i = 0; i < entries.Count; i++)
        {
            lock (_gate)
                AppendNeedsGate(entries[i]);
        }
    }

    /// <summary>Wakes the readers that wait for what was appended since the last call. For the tail alone.</summary>
    public void WakeReaders()
    {
        Interlocked.MemoryBarrier(); // The append is seen before the readers are looked at: see LaneReader.TryWait.
        foreach (var lane in _touched)
        {
            lane.IsTouched = false;
            LaneReader[] readers;
            lock (_gate)
                readers = lane.ReadersNeedsGate();
            foreach (var reader in readers)
                reader.Wake();
        }

        _touched.Clear();
    }

    /// <summary>Registers a reader for the entries of one location or one session, or for all.</summary>
    public LaneReader Subscribe(EntryFilter filter, Action wake)
    {
        lock (_gate)
        {
            var reader = new LaneReader(LaneNeedsGate(filter), Wave, wake);
            reader.Lane.AddNeedsGate(reader);
            Volatile.Write(ref _readers, _readers + 1);
            return reader;
        }
    }

    /// <summary>Ends a registration.</summary>
    public void Unsubscribe(LaneReader reader, EntryFilter filter)
    {
        reader.Close();
        lock (_gate)
        {
            reader.Lane.RemoveNeedsGate(reader);
            Volatile.Write(ref _readers, _readers - 1);
            DropIfUnusedNeedsGate(_locations, filter.Location);
            DropIfUnusedNeedsGate(_sessions, filter.SessionId);
        }
    }

    /// <summary>Returns the frames of an entry; they are made and charged if they were not asked for before.</summary>
    public EntryFrames FramesOf(LogSlot slot, bool wrapped) => slot.TryGetFrames(wrapped, out var frames) ? frames : MakeFrames(slot, wrapped);

    private EntryFrames MakeFrames(LogSlot slot, bool wrapped)
    {
        lock (_gate)
        {
            if (slot.TryGetFrames(wrapped, out var frames))
                return frames; // Made meanwhile.

            var before = _slabs.Bytes;
            frames = _encoder.Encode(slot.Entry, wrapped, slot.Evicted ? null : _slabs);
            slot.AddNeedsGate(frames, wrapped);
            Volatile.Write(ref _framesMade, _framesMade + 1);
            ChargeNeedsGate(_slabs.Bytes - before);
            return frames;
        }
    }

    private void AppendNeedsGate(LogEntry entry)
    {
        if (entry.Offset != _end + 1)
            throw new InvalidOperationException($"The log has a hole: entry {entry.Offset} came after {_end}. The tail must read the journal again from {_end}.");

        var slot = new LogSlot(entry);
        Place(_all, slot);
        if (entry.Location is not null)
            Place(LaneNeedsGate(_locations, entry.Location), slot);
        if (entry.SessionId is not null)
            Place(LaneNeedsGate(_sessions, entry.SessionId), slot);

        // After the lanes: a reader of this end finds all up to it in its lane.
        Volatile.Write(ref _end, entry.Offset);
        ChargeNeedsGate(slot.ChargedBytes);
    }

    private void Place(LogLane lane, LogSlot slot)
    {
        lane.AppendNeedsGate(slot);
        if (!lane.IsTouched)
        {
            lane.IsTouched = true;
            _touched.Add(lane);
        }
    }

    private void ChargeNeedsGate(long bytes)
    {
        Volatile.Write(ref _bytes, _bytes + bytes);
        while (_bytes > CapacityBytes && _after < _end)
            EvictOldestNeedsGate();
    }

    private void EvictOldestNeedsGate()
    {
        // Before the lanes: a reader that finds its offset at or beyond this has missed nothing.
        Volatile.Write(ref _after, _after + 1);
        var slot = _all.RemoveFirstNeedsGate();
        RemoveFrom(_locations, slot.Entry.Location);
        RemoveFrom(_sessions, slot.Entry.SessionId);
        var before = _slabs.Bytes;
        slot.EvictNeedsGate(_slabs);
        Volatile.Write(ref _bytes, _bytes - slot.ChargedBytes - (before - _slabs.Bytes));

        static void RemoveFrom(Dictionary<string, LogLane> lanes, string? key)
        {
            if (key is null)
                return;

            lanes[key].RemoveFirstNeedsGate();
            DropIfUnusedNeedsGate(lanes, key);
        }
    }

    private LogLane LaneNeedsGate(EntryFilter filter) => filter switch
    {
        { SessionId: { } session } => LaneNeedsGate(_sessions, session),
        { Location: { } location } => LaneNeedsGate(_locations, location),
        _ => _all,
    };

    private static LogLane LaneNeedsGate(Dictionary<string, LogLane> lanes, string key)
    {
        if (!lanes.TryGetValue(key, out var lane))
            lanes.Add(key, lane = new LogLane());
        return lane;
    }

    private static void DropIfUnusedNeedsGate(Dictionary<string, LogLane> lanes, string? key)
    {
        if (key is not null && lanes.TryGetValue(key, out var lane) && lane.IsUnusedNeedsGate)
            lanes.Remove(key);
    }
}
