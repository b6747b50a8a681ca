namespace OpenCode.Actors.Streams.Settings;

/// <summary>Timings and limits of the event streams. How long events are kept is the journal's business.</summary>
public sealed class EventStreamOptions
{
    /// <summary>Gets or sets the silence, in milliseconds, after which <c>server.heartbeat</c> is sent, so that proxies keep the response open. Key <c>server.event_stream.heartbeat_ms</c>.</summary>
    /// <value>1,000 to 60,000; 10,000 by default. HTML 9.2.7 advises about 15 s; common proxies give up after 60 s.</value>
    public int HeartbeatMs { get; set; } = 10_000;

    /// <summary>Gets or sets the bytes of recent events kept in memory, all their frames counted. What is older is read from the journal. Key <c>server.event_stream.ring_bytes</c>.</summary>
    /// <value>1 MiB to 16 GiB; 64 MiB by default.</value>
    public long RingBytes { get; set; } = 64L << 20;

    /// <summary>Gets or sets the time, in milliseconds, for which a write may wait for its client before the stream is reset. It runs once the buffers between the two are full. Key <c>server.event_stream.write_timeout_ms</c>.</summary>
    /// <value>1,000 to 600,000; 20,000 by default.</value>
    public int WriteTimeoutMs { get; set; } = 20_000;

    /// <summary>Gets or sets how many streams may be open at once. Key <c>server.limits.streams</c>.</summary>
    /// <value>1 to 1,000,000; 15,000 by default.</value>
    public int MaxStreams { get; set; } = 15_000;

    /// <summary>Gets or sets how long the answer of a turn is held back, in milliseconds, after the streams of its location were flushed.</summary>
    /// <value>
    /// 0 to 1,000; 50 by default. A client that has both in its sockets may look at the answer first, and <c>run --attach</c> leaves at that: without it, it printed nothing in one
    /// run of thirty on a loaded machine.
    /// </value>
    public int HeadStartMs { get; set; } = 50;

    internal TimeSpan HeadStart => TimeSpan.FromMilliseconds(HeadStartMs);

    internal TimeSpan Heartbeat => TimeSpan.FromMilliseconds(HeartbeatMs);

    internal TimeSpan WriteTimeout => TimeSpan.FromMilliseconds(WriteTimeoutMs);
}
