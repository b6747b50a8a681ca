using System.Diagnostics.Metrics;

namespace OpenCode.Actors.Server.Metrics;

/// <summary>Listens to our own meters and to the runtime's, and keeps what <c>/metrics</c> shows.</summary>
internal sealed class MetricCollector : IDisposable
{
    private readonly Lock _lock = new();
    private readonly MeterListener _listener = new();
    private readonly List<MetricFamily> _families = [];

    public MetricCollector()
    {
        _listener.InstrumentPublished = OnPublished;
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, state) => Measure(state, value, tags));
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, state) => Measure(state, value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, state) => Measure(state, value, tags));
        _listener.Start();
    }

    /// <summary>Asks the observed instruments for their values and returns all families, by name.</summary>
    public IReadOnlyList<MetricFamily> Collect()
    {
        _listener.RecordObservableInstruments();
        lock (_lock)
            return [.. _families.OrderBy(f => f.Instrument.Name, StringComparer.Ordinal)];
    }

    public void Dispose() => _listener.Dispose();

    // Without a state: the meter is being disposed of meanwhile.
    private static void Measure(object? state, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) => (state as MetricFamily)?.Measure(value, tags);

    private void OnPublished(Instrument instrument, MeterListener listener)
    {
        if (instrument.Meter.Name.StartsWith("OpenCode.Actors", StringComparison.Ordinal) || instrument.Meter.Name == "System.Runtime")
        {
            var family = new MetricFamily(instrument);
            lock (_lock)
                _families.Add(family);

            listener.EnableMeasurementEvents(instrument, family);
        }
    }
}
