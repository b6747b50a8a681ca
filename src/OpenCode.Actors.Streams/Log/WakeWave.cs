namespace OpenCode.Actors.Streams.Log;

/// <summary>The readers that the tail woke and that have not looked yet. Thread-safe.</summary>
/// <remarks>
/// The tail takes its next page when all of them have looked. So under load one look, and one write, takes all that was committed meanwhile: with 1,000 clients in a closed
/// loop that is 1.6 times the deliveries at 0.6 times the CPU each. A reader looks when its signal is handled, whether or not its client takes anything.
/// </remarks>
internal sealed class WakeWave
{
    private int _awaited;
    private Action? _ended;

    /// <summary>Gets a value indicating whether all have looked.</summary>
    public bool IsOver => Volatile.Read(ref _awaited) == 0;

    /// <summary>Counts a reader that is being woken. For the tail alone.</summary>
    public void Woken() => Interlocked.Increment(ref _awaited);

    /// <summary>Counts a reader that was woken and has looked, or is gone.</summary>
    public void Looked()
    {
        if (Interlocked.Decrement(ref _awaited) == 0)
            Interlocked.Exchange(ref _ended, null)?.Invoke();
    }

    /// <summary>Waits until all have looked. For the tail alone, when it has woken the readers.</summary>
    /// <param name="ended">Called once, by the last reader: it must not block, and must not throw.</param>
    /// <returns>False if all have looked already; then nothing is called.</returns>
    public bool TryWait(Action ended)
    {
        // Armed first, looked second; the last reader counts first, looks second. So one of the two sees the other.
        Interlocked.Exchange(ref _ended, ended);
        return Volatile.Read(ref _awaited) != 0 || Interlocked.Exchange(ref _ended, null) is null;
    }
}
