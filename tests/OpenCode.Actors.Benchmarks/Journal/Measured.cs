using System.Diagnostics;

namespace OpenCode.Actors.Benchmarks.Journal;

/// <summary>One round.</summary>
/// <param name="EventsPerSecond">Events that were answered.</param>
/// <param name="P50">Half of the waits were at most this long, in milliseconds.</param>
/// <param name="P99">99 of 100 waits were at most this long, in milliseconds.</param>
/// <param name="ProcessorPerEvent">Processor time of the whole process, in microseconds.</param>
/// <param name="AllocatedPerEvent">Bytes on the managed heap, those of the producer included.</param>
internal sealed record Measured(double EventsPerSecond, double P50, double P99, double ProcessorPerEvent, double AllocatedPerEvent)
{
    /// <summary>Sums up a round.</summary>
    /// <param name="waits">The waits, in ticks of the stopwatch; sorted here.</param>
    /// <param name="eventsPerWait">Events that were answered by each.</param>
    /// <param name="elapsed">How long the round was.</param>
    /// <param name="processor">Processor time that was used.</param>
    /// <param name="allocated">Bytes that were allocated.</param>
    public static Measured Of(Span<long> waits, int eventsPerWait, TimeSpan elapsed, TimeSpan processor, long allocated)
    {
        waits.Sort();
        var events = (double)waits.Length * eventsPerWait;
        return new(events / elapsed.TotalSeconds, At(waits, 0.5), At(waits, 0.99), processor.TotalMicroseconds / events, allocated / events);
    }

    private static double At(Span<long> sorted, double part) => sorted[(int)((sorted.Length - 1) * part)] * 1000.0 / Stopwatch.Frequency;
}
