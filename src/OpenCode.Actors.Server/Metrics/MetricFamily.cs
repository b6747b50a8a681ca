using System.Diagnostics.Metrics;

namespace OpenCode.Actors.Server.Metrics;

/// <summary>One instrument with its series. Finding a series allocates nothing: series are few, and their array is replaced when one is added.</summary>
internal sealed class MetricFamily(Instrument instrument)
{
    private static readonly double[] _secondsBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
    private static readonly double[] _otherBoundaries = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000];

    private readonly Lock _lock = new();
    private MetricSeries[] _series = [];

    public Instrument Instrument => instrument;

    public IReadOnlyList<MetricSeries> Series => Volatile.Read(ref _series);

    public IReadOnlyList<double> Boundaries { get; } = !IsHistogramOf(instrument) ? [] : Advised(instrument) ?? (instrument.Unit == "s" ? _secondsBoundaries : _otherBoundaries);

    public bool IsHistogram { get; } = IsHistogramOf(instrument);

    /// <summary>Gets a value indicating whether measurements are steps to add up, not new values.</summary>
    public bool IsSum { get; } = instrument.GetType() is { IsGenericType: true } type
        && (type.GetGenericTypeDefinition() == typeof(Counter<>) || type.GetGenericTypeDefinition() == typeof(UpDownCounter<>));

    /// <summary>Gets a value indicating whether the value never falls.</summary>
    public bool IsCounter { get; } = instrument.GetType() is { IsGenericType: true } type
        && (type.GetGenericTypeDefinition() == typeof(Counter<>) || type.GetGenericTypeDefinition() == typeof(ObservableCounter<>));

    public void Measure(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var series = SeriesOf(tags);
        if (IsHistogram)
            series.Record(value);
        else if (IsSum)
            series.Add(value);
        else
            series.Set(value);
    }

    private static bool IsHistogramOf(Instrument instrument) =>
        instrument.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(Histogram<>);

    private static IReadOnlyList<double>? Advised(Instrument instrument) => instrument switch
    {
        Histogram<double> { Advice.HistogramBucketBoundaries: { } b } => b,
        Histogram<long> { Advice.HistogramBucketBoundaries: { } b } => [.. b.Select(v => (double)v)],
        Histogram<int> { Advice.HistogramBucketBoundaries: { } b } => [.. b.Select(v => (double)v)],
        _ => null,
    };

    private MetricSeries SeriesOf(ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        Find(Volatile.Read(ref _series), tags) ?? Added(tags);

    private MetricSeries Added(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_lock)
        {
            if (Find(_series, tags) is { } found)
                return found;

            var added = new MetricSeries(tags.ToArray(), Boundaries);
            Volatile.Write(ref _series, [.. _series, added]);
            return added;
        }
    }

    private static MetricSeries? Find(MetricSeries[] all, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var series in all)
        {
            if (series.Has(tags))
                return series;
        }

        return null;
    }
}
