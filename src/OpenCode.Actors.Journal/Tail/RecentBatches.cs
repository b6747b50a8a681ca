namespace OpenCode.Actors.Journal.Tail;

/// <summary>The last committed batches, bounded by bytes, so that readers of the tail need no store, and no commit waits until entries are made. Thread-safe.</summary>
internal sealed class RecentBatches(long maxBytes)
{
    // About what an entry and its draft take besides the bytes.
    private const int EntryBytes = 256;

    private readonly Lock _gate = new();
    private RecentBatch[] _ring = new RecentBatch[64];
    private int _first;
    private int _count;
    private long _bytes;

    /// <summary>Takes the next batch.</summary>
    public void Add(RecentBatch batch)
    {
        lock (_gate)
        {
            if (_count == _ring.Length)
                GrowNeedsLock();

            _ring[(_first + _count++) & (_ring.Length - 1)] = batch;
            _bytes += SizeOf(batch);
            while (_bytes > maxBytes)
            {
                _bytes -= SizeOf(_ring[_first]);
                _ring[_first] = default;
                _first = (_first + 1) & (_ring.Length - 1);
                _count--;
            }
        }
    }

    /// <summary>Finds batches.</summary>
    /// <param name="after">The offset to start behind.</param>
    /// <param name="pageBytes">Where to end, at the latest one batch later.</param>
    /// <returns>From the one that has the next entry on; null if that is not here (any more).</returns>
    public RecentBatch[]? Find(long after, int pageBytes)
    {
        lock (_gate)
        {
            if (_count == 0 || AtNeedsLock(0).First > after + 1 || AtNeedsLock(_count - 1).Last <= after)
                return null;

            var from = IndexNeedsLock(after + 1);
            var end = from;
            for (var bytes = 0L; end < _count && bytes < pageBytes; end++)
                bytes += AtNeedsLock(end).Bytes;

            var found = new RecentBatch[end - from];
            for (var i = 0; i < found.Length; i++)
                found[i] = AtNeedsLock(from + i);

            return found;
        }
    }

    private static long SizeOf(RecentBatch batch) => batch.Bytes + (EntryBytes * (long)batch.Count);

    /// <summary>The last that begins at an offset or before it.</summary>
    private int IndexNeedsLock(long offset)
    {
        var (low, high) = (0, _count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (AtNeedsLock(middle).First <= offset)
                low = middle;
            else
                high = middle - 1;
        }

        return low;
    }

    private ref RecentBatch AtNeedsLock(int index) => ref _ring[(_first + index) & (_ring.Length - 1)];

    private void GrowNeedsLock()
    {
        var larger = new RecentBatch[_ring.Length * 2];
        for (var i = 0; i < _count; i++)
            larger[i] = AtNeedsLock(i);

        _ring = larger;
        _first = 0;
    }
}
