using System.Diagnostics.Metrics;

namespace OpenCode.Actors.Tests.Sessions;

/// <summary>Meters of one test, and how far their counters went.</summary>
internal sealed class CountingMeters : IMeterFactory
{
    private readonly List<Meter> _meters = [];
    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();

    public CountingMeters()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (_meters.Contains(instrument.Meter))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, count, tags, _) =>
        {
            if (instrument.Name == FailingName)
                throw new InvalidOperationException($"cannot count {FailingName}");
            var name = tags.Length == 0 ? instrument.Name : $"{instrument.Name} {tags[0].Value}";
            _counts[name] = _counts.GetValueOrDefault(name) + count;
        });
        _listener.Start();
    }

    /// <summary>Gets or sets the counter that throws: for an error in the middle of an actor's work.</summary>
    public string? FailingName { get; set; }

    /// <summary>Returns the count of a counter, or of one of its tag's values: <c>opencode.actors.restarts journal</c>.</summary>
    public long Count(string name) => _counts.GetValueOrDefault(name);

    public Meter Create(MeterOptions options)
    {
        options.Scope = this;
        var meter = new Meter(options);
        _meters.Add(meter);
        return meter;
    }

    public void Dispose()
    {
        _listener.Dispose();
        _meters.ForEach(static meter => meter.Dispose());
    }
}
