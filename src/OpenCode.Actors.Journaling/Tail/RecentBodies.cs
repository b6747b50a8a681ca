using OpenCode.Actors.Journaling.Segments;

namespace OpenCode.Actors.Journaling.Tail;

/// <summary>
/// The bodies of the last committed batches, bounded by bytes, so that whoever follows the tail asks no store. Entries are made of them by whoever reads: nobody who waits for
/// a commit waits for that, and what is kept is a few large arrays. Thread-safe.
/// </summary>
internal sealed class RecentBodies(long maxBytes)
{
    // About what a body takes besides its bytes.
    private const int PlaceBytes = 64;

    private readonly Lock _gate = new();
    private CommittedBody[] _ring = new CommittedBody[64];
    private int _first;
    private int _count;
    private long _bytes;

    /// <summary>Takes the next body; its bytes are not used for anything else any more.</summary>
    public void Add(CommittedBody body)
    {
        lock (_gate)
        {
            if (_count == _ring.Length)
                GrowNeedsLock();

            _ring[(_first + _count++) & (_ring.Length - 1)] = body;
            _bytes += SizeOf(body);
            while (_bytes > maxBytes)
            {
                _bytes -= SizeOf(_ring[_first]);
                _ring[_first] = default;
                _first = (_first + 1) & (_ring.Length - 1);
                _count--;
            }
        }
    }

    /// <summary>Finds bodies.</summary>
    /// <param name="after">The offset to start behind.</param>
    /// <param name="pageBytes">Where to end, at the latest one body later.</param>
    /// <returns>From the one that has the next entry on; null if that is not here (any more).</returns>
    public CommittedBody[]? Find(long after, int pageBytes)
    {
        lock (_gate)
        {
            if (_count == 0 || AtNeedsLock(0).First > after + 1 || AtNeedsLock(_count - 1).Last <= after)
                return null;

            var from = IndexNeedsLock(after + 1);
            var end = from;
            for (var bytes = 0L; end < _count && bytes < pageBytes; end++)
                bytes += AtNeedsLock(end).Bytes.Length;

            var found = new CommittedBody[end - from];
            for (var i = 0; i < found.Length; i++)
                found[i] = AtNeedsLock(from + i);

            return found;
        }
    }

    private static long SizeOf(CommittedBody body) => body.Bytes.Length + PlaceBytes;

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

    private ref CommittedBody AtNeedsLock(int index) => ref _ring[(_first + index) & (_ring.Length - 1)];

    private void GrowNeedsLock()
    {
        var larger = new CommittedBody[_ring.Length * 2];
        for (var i = 0; i < _count; i++)
            larger[i] = AtNeedsLock(i);

        _ring = larger;
        _first = 0;
    }
}
