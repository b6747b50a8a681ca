using System.Diagnostics.Metrics;

namespace OpenCode.Actors.Tests.Specifications;

/// <summary>Meters of one test alone, with what was measured so far.</summary>
internal sealed class RecordingMeters : IMeterFactory
{
    private readonly List<Meter> _meters = [];
    private readonly MeterListener _listener = new();

    public RecordingMeters()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, this))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => Add(instrument, value));
        _listener.SetMeasurementEventCallback<double>((instrument, _, _, _) => Add(instrument, 1));
        _listener.Start();
    }

    /// <summary>Gets the sum of each counter, the last value of each gauge, and how often each histogram was given something.</summary>
    public Dictionary<string, long> Totals { get; } = new(StringComparer.Ordinal);

    public Meter Create(MeterOptions options)
    {
        options.Scope = this;
        var meter = new Meter(options);
        _meters.Add(meter);
        return meter;
    }

    /// <summary>Reads the gauges.</summary>
    public void Observe() => _listener.RecordObservableInstruments();

    public void Dispose()
    {
        _listener.Dispose();
        _meters.ForEach(meter => meter.Dispose());
    }

    private void Add(Instrument instrument, long value) =>
        Totals[instrument.Name] = instrument.IsObservable ? value : Totals.GetValueOrDefault(instrument.Name) + value;
}
