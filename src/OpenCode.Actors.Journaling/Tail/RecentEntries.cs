namespace OpenCode.Actors.Journaling.Tail;

/// <summary>The last committed entries, bounded by bytes, so that whoever follows the tail reads no file. Thread-safe.</summary>
internal sealed class RecentEntries(long maxBytes)
{
    // About what an entry and its draft take besides the properties.
    private const int EntryBytes = 256;

    private readonly Lock _gate = new();
    private LogEntry[] _ring = new LogEntry[64];
    private int _first;
    private int _count;
    private long _bytes;

    public void Add(ReadOnlySpan<LogEntry> entries)
    {
        lock (_gate)
        {
            foreach (var entry in entries)
            {
                if (_count == _ring.Length)
                    GrowNeedsLock();

                _ring[(_first + _count++) & (_ring.Length - 1)] = entry;
                _bytes += SizeOf(entry);
            }

            while (_bytes > maxBytes && _count > 0)
            {
                _bytes -= SizeOf(_ring[_first]);
                _ring[_first] = null!;
                _first = (_first + 1) & (_ring.Length - 1);
                _count--;
            }
        }
    }

    /// <summary>Reads a run of entries.</summary>
    /// <param name="after">The offset to start behind.</param>
    /// <param name="until">The last offset wanted.</param>
    /// <param name="pageBytes">Where to end, at the latest one entry later.</param>
    /// <returns>The entries, or null if the first is no longer here.</returns>
    public LogEntry[]? Read(long after, long until, int pageBytes)
    {
        lock (_gate)
        {
            if (_count == 0 || _ring[_first].Offset > after + 1)
                return null;

            var skipped = (int)(after + 1 - _ring[_first].Offset);
            var most = (int)Math.Min(_count - skipped, until - after);
            var taken = 0;
            for (var bytes = 0L; taken < most && bytes < pageBytes; taken++)
                bytes += SizeOf(AtNeedsLock(skipped + taken));

            var page = new LogEntry[taken];
            for (var i = 0; i < taken; i++)
                page[i] = AtNeedsLock(skipped + i);

            return page;
        }
    }

    private static long SizeOf(LogEntry entry) => entry.Properties.Length + EntryBytes;

    private LogEntry AtNeedsLock(int index) => _ring[(_first + index) & (_ring.Length - 1)];

    private void GrowNeedsLock()
    {
        var larger = new LogEntry[_ring.Length * 2];
        for (var i = 0; i < _count; i++)
            larger[i] = AtNeedsLock(i);

        _ring = larger;
        _first = 0;
    }
}
