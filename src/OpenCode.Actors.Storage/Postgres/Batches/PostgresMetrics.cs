using System.Diagnostics.Metrics;

namespace OpenCode.Actors.Storage.Postgres.Batches;

/// <summary>What the connections to the database tell about it.</summary>
public sealed class PostgresMetrics : IDisposable
{
    private readonly Meter _meter;
    private readonly Histogram<double> _append;
    private readonly Counter<long> _blockers;
    private double _oldestSnapshot;

    /// <summary>Initializes a new instance of the <see cref="PostgresMetrics"/> class.</summary>
    /// <param name="meters">Makes the meter; null to have one of its own.</param>
    public PostgresMetrics(IMeterFactory? meters = null)
    {
        _meter = meters?.Create("OpenCode.Actors.Storage.Postgres") ?? new Meter("OpenCode.Actors.Storage.Postgres");
        _append = _meter.CreateHistogram<double>("opencode.postgres.append.duration", "s", "One statement that appends, from sending it to its answer.");
        _blockers = _meter.CreateCounter<long>("opencode.postgres.blockers.ended", "{connection}", "Connections of nodes that stood still while others waited for them, and were ended.");
        _meter.CreateObservableGauge(
            "opencode.postgres.oldest_snapshot", () => Volatile.Read(ref _oldestSnapshot), "s", "Age of the oldest transaction that keeps dead rows of the database: appends become slow by it.");
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    internal void Appended(TimeSpan duration) => _append.Record(duration.TotalSeconds);

    internal void BlockerEnded() => _blockers.Add(1);

    internal void OldestSnapshot(double seconds) => Volatile.Write(ref _oldestSnapshot, seconds);
}
