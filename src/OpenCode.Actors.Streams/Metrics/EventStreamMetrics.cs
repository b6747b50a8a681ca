using System.Diagnostics.Metrics;

namespace OpenCode.Actors.Streams.Metrics;

/// <summary>What the event streams count. Told the facts, once per run of frames or less often.</summary>
public sealed class EventStreamMetrics : IDisposable
{
    private readonly Meter _meter;
    private readonly Counter<long> _ended;
    private readonly Counter<long> _gaps;
    private long _open;
    private long _frames;
    private long _bytes;

    /// <summary>Initializes a new instance of the <see cref="EventStreamMetrics"/> class.</summary>
    /// <param name="meters">Makes the meter; one of its own when null.</param>
    public EventStreamMetrics(IMeterFactory? meters = null)
    {
        _meter = meters?.Create("OpenCode.Actors.Streams") ?? new Meter("OpenCode.Actors.Streams");
        _ended = _meter.CreateCounter<long>("opencode.streams.ended", "{stream}", "Streams that ended, by reason.");
        _gaps = _meter.CreateCounter<long>("opencode.streams.gaps", "{gap}", "Gaps that were announced to clients, by reason.");
        _meter.CreateObservableUpDownCounter("opencode.streams.open", () => Volatile.Read(ref _open), "{stream}", "Streams that are open.");

        // Summed here and looked at on demand: a delivery must not pay for a listener.
        _meter.CreateObservableCounter("opencode.streams.frames", () => Volatile.Read(ref _frames), "{frame}", "Frames written to clients.");
        _meter.CreateObservableCounter("opencode.streams.bytes", () => Volatile.Read(ref _bytes), "By", "Bytes of frames written to clients.");
    }

    /// <summary>Gets how many streams are open.</summary>
    public long Open => Volatile.Read(ref _open);

    /// <summary>Gets how many frames were written.</summary>
    public long Frames => Volatile.Read(ref _frames);

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    internal void StreamConnected() => Interlocked.Increment(ref _open);

    internal void StreamEnded(string reason)
    {
        Interlocked.Decrement(ref _open);
        _ended.Add(1, new KeyValuePair<string, object?>("reason", reason));
    }

    internal void FramesWritten(int frames, int bytes)
    {
        Interlocked.Add(ref _frames, frames);
        Interlocked.Add(ref _bytes, bytes);
    }

    internal void GapAnnounced(string reason) => _gaps.Add(1, new KeyValuePair<string, object?>("reason", reason));

    internal void Watch(Log.LogRing ring)
    {
        _meter.CreateObservableGauge("opencode.streams.ring.size", () => ring.Bytes, "By", "What the ring's entries and frames take.");
        _meter.CreateObservableCounter("opencode.streams.encodings", () => ring.FramesMade, "{encoding}", "Entries encoded for a kind of stream; shared by all of its streams.");
    }
}
