using System.Diagnostics.Metrics;

namespace OpenCode.Actors.Journal;

/// <summary>What the journal tells about itself.</summary>
public sealed class JournalMetrics : IDisposable
{
    private readonly Meter _meter;
    private readonly Counter<long> _events;
    private readonly Counter<long> _batches;
    private readonly Counter<long> _bytes;
    private readonly Histogram<double> _commit;
    private readonly Histogram<double> _followed;
    private Func<(long Head, long Floor)> _place = () => default;
    private long _lag;

    /// <summary>Initializes a new instance of the <see cref="JournalMetrics"/> class.</summary>
    /// <param name="meters">Makes the meter; null to have one of its own.</param>
    /// <param name="traces">Follows traced commands; null where none is.</param>
    public JournalMetrics(IMeterFactory? meters = null, JournalTraces? traces = null)
    {
        Traces = traces;
        _meter = meters?.Create("OpenCode.Actors.Journal") ?? new Meter("OpenCode.Actors.Journal");
        _events = _meter.CreateCounter<long>("opencode.journal.events.committed", "{event}", "Events written to the journal.");
        _batches = _meter.CreateCounter<long>("opencode.journal.batches.committed", "{batch}", "Batches written to the journal, each with all that waited.");
        _bytes = _meter.CreateCounter<long>("opencode.journal.written", "By", "Bytes written to the log.");
        _commit = _meter.CreateHistogram<double>("opencode.journal.commit.duration", "s", "From taking a group to its being committed, write and sync included.");
        _followed = _meter.CreateHistogram<double>("opencode.journal.tail.delay", "s", "From the commit on another node to its being read here, by the clock of the database.");
        _meter.CreateObservableGauge("opencode.journal.tail.lag", () => Volatile.Read(ref _lag), "{event}", "Events that other nodes had committed, but this one had not read, at the last look.");
        _meter.CreateObservableGauge("opencode.journal.head", () => _place().Head, "{event}", "Offset of the last committed event.");
        _meter.CreateObservableGauge("opencode.journal.floor", () => _place().Floor, "{event}", "Last offset that is gone by retention.");
    }

    internal JournalTraces? Traces { get; }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    internal void Opened(Func<(long Head, long Floor)> place) => _place = place;

    internal void Committed(int eventCount, int byteCount, TimeSpan duration)
    {
        _events.Add(eventCount);
        _batches.Add(1);
        _bytes.Add(byteCount);
        _commit.Record(duration.TotalSeconds);
    }

    internal void Followed(TimeSpan delay) => _followed.Record(Math.Max(0, delay.TotalSeconds));

    internal void Lag(long eventCount) => Volatile.Write(ref _lag, eventCount);
}
