namespace OpenCode.Actors.Streams.Log;

/// <summary>A reader's registration with a lane, and its wake-up: at most one until it has read (a conflated wake-up).</summary>
/// <param name="lane">What it reads.</param>
/// <param name="wake">Called on the tail's thread: it must not block, and must not throw.</param>
internal sealed class LaneReader(LogLane lane, Action wake)
{
    private int _waits;

    public LogLane Lane { get; } = lane;

    /// <summary>Gets or sets its place among the lane's readers. Behind the ring's gate.</summary>
    public int Index { get; set; }

    /// <summary>Registers that the reader has read up to an ordinal and has to be woken for more.</summary>
    /// <param name="ordinal">What it reads next.</param>
    /// <returns>False if there is more already: read on. A wake-up may come nevertheless and then means nothing.</returns>
    public bool TryWait(long ordinal)
    {
        // Armed first, looked second; the tail writes first, looks second. So one of the two sees the other.
        Interlocked.Exchange(ref _waits, 1);
        if (Lane.End <= ordinal)
            return true;

        Interlocked.Exchange(ref _waits, 0);
        return false;
    }

    /// <summary>Wakes the reader if it waits. For the tail, after a full fence behind its last append.</summary>
    public void Wake()
    {
        if (Volatile.Read(ref _waits) == 1 && Interlocked.Exchange(ref _waits, 0) == 1)
            wake();
    }
}
