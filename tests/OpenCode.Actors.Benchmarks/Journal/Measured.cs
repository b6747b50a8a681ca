using System.Diagnostics;

namespace OpenCode.Actors.Benchmarks.Journal;

/// <summary>One round.</summary>
/// <param name="EventsPerSecond">Events that were answered.</param>
/// <param name="P50">Half of the waits were at most this long, in milliseconds.</param>
/// <param name="P99">99 of 100 waits were at most this long, in milliseconds.</param>
/// <param name="ProcessorPerEvent">Processor time of the whole process, in microseconds.</param>
/// <param name="AllocatedPerEvent">Bytes on the managed heap, those of the producer included.</param>
/// <param name="WrittenPerEvent">Bytes that went to the disk.</param>
internal sealed record Measured(double EventsPerSecond, double P50, double P99, double ProcessorPerEvent, double AllocatedPerEvent, double WrittenPerEvent)
{
    /// <summary>Sums up a round.</summary>
    /// <param name="waits">The waits, in ticks of the stopwatch; sorted here.</param>
    /// <param name="events">Events that were answered.</param>
    /// <param name="elapsed">How long the round was.</param>
    /// <param name="used">What was used.</param>
    public static Measured Of(Span<long> waits, long events, TimeSpan elapsed, Use used)
    {
        waits.Sort();
        return new(
            events / elapsed.TotalSeconds, At(waits, 0.5), At(waits, 0.99), used.Processor.TotalMicroseconds / events, (double)used.Allocated / events, (double)used.Written / events);
    }

    private static double At(Span<long> sorted, double part) => sorted[(int)((sorted.Length - 1) * part)] * 1000.0 / Stopwatch.Frequency;
}
