namespace OpenCode.Actors.Journal.Bodies;

/// <summary>The segments of an open journal, and how far they are committed. Thread-safe.</summary>
internal sealed class LogFiles
{
    private readonly Lock _gate = new();
    private readonly List<Segment> _segments = [];
    private long _head;
    private long _floor;

    public long Head => Volatile.Read(ref _head);

    public long Floor => Volatile.Read(ref _floor);

    public Segment Active
    {
        get
        {
            lock (_gate)
                return _segments[^1];
        }
    }

    /// <summary>Gets the oldest segment that may go, and the bytes of all; null when there is only the active one.</summary>
    public (Segment? Oldest, long TotalBytes) Oldest
    {
        get
        {
            lock (_gate)
            {
                var total = 0L;
                foreach (var segment in _segments)
                    total += segment.Length;

                return (_segments.Count > 1 ? _segments[0] : null, total);
            }
        }
    }

    public void Add(Segment segment)
    {
        lock (_gate)
        {
            _segments.Add(segment);
            Volatile.Write(ref _floor, _segments[0].Header.FirstOffset - 1);
            Volatile.Write(ref _head, segment.LastOffset);
        }
    }

    /// <summary>Takes in a frame that was written to the end of the active segment. The head moves with <see cref="MoveHead"/>.</summary>
    public void Add(in FrameHeader frame)
    {
        lock (_gate)
            _segments[^1].Add(frame);
    }

    public void MoveHead(long head) => Volatile.Write(ref _head, head);

    public void DropOldest()
    {
        lock (_gate)
        {
            _segments[0].Dropped = true;
            _segments.RemoveAt(0);
            Volatile.Write(ref _floor, _segments[0].Header.FirstOffset - 1);
        }
    }

    /// <summary>Finds where to read an entry.</summary>
    /// <returns>The segment, the position of a frame at or before the entry's, and where the committed part ends; null below the floor or beyond the head.</returns>
    public (Segment Segment, long Position, long Limit)? Find(long offset)
    {
        lock (_gate)
        {
            foreach (var segment in _segments)
            {
                if (offset >= segment.Header.FirstOffset && offset <= segment.LastOffset)
                    return (segment, segment.PositionBefore(offset), segment.Length);
            }

            return null;
        }
    }

    public void DisposeFiles()
    {
        lock (_gate)
        {
            foreach (var segment in _segments)
                segment.File.Dispose();
        }
    }
}
