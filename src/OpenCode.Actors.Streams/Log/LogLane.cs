using System.Diagnostics.CodeAnalysis;

namespace OpenCode.Actors.Streams.Log;

/// <summary>The ring's entries of one selection (all, one location, one session) in order, each with an ordinal that is never given out again.</summary>
/// <remarks>
/// One writer at a time, behind the ring's gate; readers take no lock. They are right whatever the writer does meanwhile because of the order of its steps: a slot is there
/// before <see cref="End"/> says so, and <c>_first</c> has passed an ordinal before its slot is used again.
/// </remarks>
internal sealed class LogLane
{
    private readonly List<LaneReader> _readers = [];
    private LaneReader[] _snapshot = [];
    private bool _snapshotIsOld;
    private LogSlot?[] _slots = new LogSlot?[4];
    private long _first;
    private long _end;

    /// <summary>Gets the ordinal that the next entry will have.</summary>
    public long End => Volatile.Read(ref _end);

    public bool IsUnusedNeedsGate => _first == _end && _readers.Count == 0;

    /// <summary>Gets or sets a value indicating whether entries came since its readers were last woken. For the tail alone.</summary>
    public bool IsTouched { get; set; }

    /// <summary>Reads one entry. At the end, and where it has left the ring, there is none.</summary>
    public bool TryRead(long ordinal, [NotNullWhen(true)] out LogSlot? slot)
    {
        slot = null;
        if (ordinal >= Volatile.Read(ref _end))
            return false;

        var slots = Volatile.Read(ref _slots);
        var read = Volatile.Read(ref slots[ordinal & (slots.Length - 1)]);
        if (ordinal < Volatile.Read(ref _first))
            return false;

        slot = read;
        return slot is not null;
    }

    /// <summary>True if the entry was there once and has left the ring.</summary>
    public bool HasLeft(long ordinal) => ordinal < Volatile.Read(ref _first);

    /// <summary>Finds the first entry beyond an offset. Entries that leave the ring meanwhile count as not beyond it: the caller checks with the ring.</summary>
    public long FindAfter(long offset)
    {
        var low = Volatile.Read(ref _first);
        var high = Volatile.Read(ref _end);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (TryRead(middle, out var slot) && slot.Offset > offset)
                high = middle;
            else
                low = middle + 1;
        }

        return low;
    }

    public void AppendNeedsGate(LogSlot slot)
    {
        if (_end - _first == _slots.Length)
            GrowNeedsGate();

        Volatile.Write(ref _slots[_end & (_slots.Length - 1)], slot);
        Volatile.Write(ref _end, _end + 1);
    }

    public LogSlot RemoveFirstNeedsGate()
    {
        ref var place = ref _slots[_first & (_slots.Length - 1)];
        var slot = place!;
        Volatile.Write(ref _first, _first + 1);
        place = null;
        return slot;
    }

    public void AddNeedsGate(LaneReader reader)
    {
        reader.Index = _readers.Count;
        _readers.Add(reader);
        _snapshotIsOld = true;
    }

    public void RemoveNeedsGate(LaneReader reader)
    {
        var last = _readers[^1];
        last.Index = reader.Index;
        _readers[reader.Index] = last;
        _readers.RemoveAt(_readers.Count - 1);

        // Not only old: until the next wake-up, which may never come, it would keep the reader alive with its whole connection.
        _snapshot = [];
        _snapshotIsOld = true;
    }

    /// <summary>Returns the readers as they are now; the array is made anew only after one came or went.</summary>
    public LaneReader[] ReadersNeedsGate()
    {
        if (_snapshotIsOld)
        {
            _snapshot = [.. _readers];
            _snapshotIsOld = false;
        }

        return _snapshot;
    }

    private void GrowNeedsGate()
    {
        var larger = new LogSlot?[_slots.Length * 2];
        for (var ordinal = _first; ordinal < _end; ordinal++)
            larger[ordinal & (larger.Length - 1)] = _slots[ordinal & (_slots.Length - 1)];
        Volatile.Write(ref _slots, larger);
    }
}
