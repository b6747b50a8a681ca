using System.Diagnostics;

namespace OpenCode.Actors.Benchmarks.Postgres;

/// <summary>The events that have arrived: how long each took, and whether all came, once, in order.</summary>
internal sealed class Arrivals(int expected)
{
    // The first part, while code is compiled.
    private const double LeftOut = 0.2;

    private readonly double[] _milliseconds = new double[expected];
    private string? _fault;
    private int _count;

    public bool IsComplete => _count >= expected || _fault is not null;

    /// <summary>Takes an event.</summary>
    /// <param name="marked">From its mark on.</param>
    /// <param name="now">When it arrived, in ticks of the stopwatch.</param>
    public void Add(ReadOnlySpan<byte> marked, long now)
    {
        var (stamp, number) = BenchmarkEvents.Read(marked);
        if (number != _count)
            _fault ??= $"event {number} came where {_count} was to come";
        if (!IsComplete)
            _milliseconds[_count++] = (now - stamp) * 1000.0 / Stopwatch.Frequency;
    }

    public NodeAnswer Answer()
    {
        var counted = _milliseconds[(int)(_count * LeftOut).._count];
        counted.AsSpan().Sort();
        return new(_count, 0, counted, _fault ?? (_count < expected ? $"{_count} of {expected} arrived" : null));
    }
}
