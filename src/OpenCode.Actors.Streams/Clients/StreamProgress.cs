using OpenCode.Actors.Streams.Settings;

namespace OpenCode.Actors.Streams.Clients;

/// <summary>What a stream waits for.</summary>
internal enum StreamPhase
{
    /// <summary>To know where it begins, or goes on behind a gap.</summary>
    Opening,

    /// <summary>For the log: the client has all there is.</summary>
    Waiting,

    /// <summary>For a page of the journal: the client is behind the ring.</summary>
    AwaitingPage,

    /// <summary>For the client: a write is under way.</summary>
    Writing,

    /// <summary>For the clean end of the response.</summary>
    Ending,
}

/// <summary>How far a stream is. Written by the stream's thread, read by its actor and the hub.</summary>
/// <remarks>
/// No lock: a time is written before the phase that counts from it, and times only grow. A reader that sees one of the two too early or too late takes a stream for younger than
/// it is, and looks again.
/// </remarks>
internal sealed class StreamProgress
{
    private readonly TimeProvider _time;
    private long _cursor;
    private long _sentAt;
    private long _movedAt;
    private int _phase = (int)StreamPhase.Opening;

    public StreamProgress(TimeProvider time)
    {
        _time = time;
        _sentAt = _movedAt = time.GetTimestamp();
    }

    /// <summary>Gets the offset up to which the client has all it selects.</summary>
    public long Cursor => Volatile.Read(ref _cursor);

    public StreamPhase Phase => (StreamPhase)Volatile.Read(ref _phase);

    /// <summary>Gets for how long the client has taken nothing although there was something for it; zero while there is nothing.</summary>
    public TimeSpan Stuck => Phase == StreamPhase.Waiting ? TimeSpan.Zero : _time.GetElapsedTime(Volatile.Read(ref _movedAt));

    /// <summary>Gets for how long nothing was sent.</summary>
    public TimeSpan Silence => _time.GetElapsedTime(Volatile.Read(ref _sentAt));

    /// <summary>The client has all up to the cursor, and nothing is under way.</summary>
    public void Rest(long cursor)
    {
        Volatile.Write(ref _cursor, cursor);
        Enter(StreamPhase.Waiting);
    }

    /// <summary>A run was flushed.</summary>
    public void Flushed(long cursor)
    {
        var now = _time.GetTimestamp();
        Volatile.Write(ref _sentAt, now);
        Volatile.Write(ref _movedAt, now);
        Rest(cursor);
    }

    /// <summary>Something is waited for that is counted from now on.</summary>
    public void Await(StreamPhase phase)
    {
        Volatile.Write(ref _movedAt, _time.GetTimestamp());
        Enter(phase);
    }

    /// <summary>Returns when something is due by the clock: the deadline of what is under way, else a heartbeat.</summary>
    /// <returns>The time left; zero or less if it is due.</returns>
    public TimeSpan TimeLeft(EventStreamOptions options) => Phase switch
    {
        StreamPhase.Waiting or StreamPhase.AwaitingPage => options.Heartbeat - Silence,
        _ => options.WriteTimeout - Stuck,
    };

    private void Enter(StreamPhase phase) => Volatile.Write(ref _phase, (int)phase);
}
