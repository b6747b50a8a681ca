namespace OpenCode.Actors.Streams.Log;

/// <summary>A reader's registration with a lane, and its wake-up: at most one until it has looked (a conflated wake-up).</summary>
/// <param name="lane">What it reads.</param>
/// <param name="wave">Counts it from a wake-up until it has looked.</param>
/// <param name="wake">Called on the tail's thread: it must not block, and must not throw. <see cref="Looked"/> or <see cref="Close"/> follows each call.</param>
internal sealed class LaneReader(LogLane lane, WakeWave wave, Action wake)
{
    private int _state = State.Reads;

    public LogLane Lane { get; } = lane;

    /// <summary>Gets or sets its place among the lane's readers. Behind the ring's gate.</summary>
    public int Index { get; set; }

    /// <summary>Registers that the reader has read up to an ordinal and has to be woken for more.</summary>
    /// <param name="ordinal">What it reads next.</param>
    /// <returns>False if there is more already: read on. A wake-up may come nevertheless and then means nothing.</returns>
    public bool TryWait(long ordinal)
    {
        // Armed first, looked second; the tail writes first, looks second. So one of the two sees the other.
        LeaveFor(State.Waits);
        if (Lane.End <= ordinal)
            return true;

        Interlocked.CompareExchange(ref _state, State.Reads, State.Waits);
        return false;
    }

    /// <summary>Wakes the reader if it waits. For the tail, after a full fence behind its last append.</summary>
    public void Wake()
    {
        if (Volatile.Read(ref _state) != State.Waits || Interlocked.CompareExchange(ref _state, State.Woken, State.Waits) != State.Waits)
            return;

        wave.Woken();
        wake();
    }

    /// <summary>The wake-up was handled.</summary>
    public void Looked()
    {
        if (Interlocked.CompareExchange(ref _state, State.Reads, State.Woken) == State.Woken)
            wave.Looked();
    }

    /// <summary>Ends the wake-ups.</summary>
    public void Close() => LeaveFor(State.Closed);

    private void LeaveFor(int state)
    {
        if (Interlocked.Exchange(ref _state, state) == State.Woken)
            wave.Looked();
    }

    // Numbers, for Interlocked.
    private static class State
    {
        public const int Reads = 0;
        public const int Waits = 1;
        public const int Woken = 2;
        public const int Closed = 3;
    }
}
