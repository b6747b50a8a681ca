namespace OpenCode.Actors.Journal.Batches;

/// <summary>Since when an answer of the store is awaited. One caller sets it, any thread reads it.</summary>
internal sealed class PendingAnswer(TimeProvider time)
{
    private const long None = long.MaxValue;

    private long _since = None;

    public bool IsPending => Volatile.Read(ref _since) != None;

    /// <summary>Gets how long the answer is awaited; zero while none is.</summary>
    public TimeSpan Elapsed => Volatile.Read(ref _since) is var since && since != None ? time.GetElapsedTime(since) : TimeSpan.Zero;

    public void Begin(long timestamp) => Volatile.Write(ref _since, timestamp);

    public void End() => Volatile.Write(ref _since, None);
}
