namespace OpenCode.Actors.Server.Metrics;

/// <summary>The values of one instrument under one set of tags.</summary>
/// <param name="tags">Copied: the caller's span does not live on.</param>
/// <param name="boundaries">Upper bounds of the buckets of a histogram; empty for all others.</param>
internal sealed class MetricSeries(KeyValuePair<string, object?>[] tags, IReadOnlyList<double> boundaries)
{
    private readonly Lock _lock = new();
    private readonly long[] _buckets = new long[boundaries.Count + 1];
    private double _value;
    private long _count;

    public IReadOnlyList<KeyValuePair<string, object?>> Tags => tags;

    public bool Has(ReadOnlySpan<KeyValuePair<string, object?>> others)
    {
        if (others.Length != tags.Length)
            return false;

        for (var i = 0; i < tags.Length; i++)
        {
            if (tags[i].Key != others[i].Key || !Equals(tags[i].Value, others[i].Value))
                return false;
        }

        return true;
    }

    public void Add(double value)
    {
        lock (_lock)
            _value += value;
    }

    public void Set(double value)
    {
        lock (_lock)
            _value = value;
    }

    public void Record(double value)
    {
        var bucket = 0;
        while (bucket < boundaries.Count && value > boundaries[bucket])
            bucket++;

        lock (_lock)
        {
            _value += value;
            _count++;
            _buckets[bucket]++;
        }
    }

    /// <summary>Reads the sum (or value), the number of recordings, and the recordings of each bucket.</summary>
    public (double Value, long Count, long[] Buckets) Read()
    {
        lock (_lock)
            return (_value, _count, [.. _buckets]);
    }
}
