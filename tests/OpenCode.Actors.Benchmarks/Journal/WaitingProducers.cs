using System.Diagnostics;
using OpenCode.Actors.Journal;

namespace OpenCode.Actors.Benchmarks.Journal;

/// <summary>Producers in a closed loop: each appends an event, waits until it is durable, and appends the next.</summary>
internal static class WaitingProducers
{
    private const int EventBytes = 300;
    private const int MostWaits = 8_000_000;

    private static readonly long[] Waits = new long[MostWaits];

    public static async Task<Measured> MeasureAsync(IJournal journal, int producers, double seconds)
    {
        var properties = new byte[EventBytes];
        properties.AsSpan().Fill((byte)'x');
        var count = 0;
        var used = Use.Begin();
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, producers).Select(_ => Task.Run(ProduceAsync)));
        watch.Stop();
        return Measured.Of(Waits.AsSpan(0, Math.Min(count, MostWaits)), count, watch.Elapsed, used.End());

        async Task ProduceAsync()
        {
            while (watch.Elapsed.TotalSeconds < seconds)
            {
                var draft = new EntryDraft("evt_0123456789abcdefghijkl", "message.part.updated", "/srv/the-project", "global", "ses_0123456789abcdefghijkl", -1, true, properties);
                var started = Stopwatch.GetTimestamp();
                await journal.AppendAsync(new([draft], []), CancellationToken.None);
                var index = Interlocked.Increment(ref count) - 1;
                if (index < MostWaits)
                    Waits[index] = Stopwatch.GetTimestamp() - started;
            }
        }
    }
}
