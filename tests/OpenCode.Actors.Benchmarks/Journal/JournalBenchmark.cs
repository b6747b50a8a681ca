using System.Globalization;
using OpenCode.Actors.Storage.Sqlite;

namespace OpenCode.Actors.Benchmarks.Journal;

/// <summary>Producers that each wait for their own durable event of 300 B, beside a raw loop of write and fdatasync with as many bytes, on the same disk in the same run.</summary>
internal static class JournalBenchmark
{
    private const double GoalEvents = 250_000;
    private const double GoalMilliseconds = 5;

    private static readonly int[] Producers = [1, 16, 256, 2_048];

    public static async Task<int> RunAsync(string[] options)
    {
        var quick = options.Contains("--quick");
        var given = Array.IndexOf(options, "--dir");
        var parent = given >= 0 && given + 1 < options.Length ? options[given + 1] : Path.GetTempPath();
        var folder = Directory.CreateDirectory(Path.Combine(parent, $"journal-benchmark-{Environment.ProcessId}")).FullName;
        try
        {
            var (rounds, seconds) = quick ? (2, 0.5) : (5, 2.0);
            var results = Producers.ToDictionary(p => p, _ => (Journal: new List<Measured>(), Raw: new List<Measured>()));
            await MeasureAsync(folder, 256, 0.5); // Warm.
            for (var round = 0; round < rounds; round++)
            {
                foreach (var producers in Producers)
                {
                    results[producers].Raw.Add(RawLoop.Measure(Path.Combine(folder, "raw"), producers, seconds));
                    results[producers].Journal.Add(await MeasureAsync(folder, producers, seconds));
                }
            }

            var reached = Print(results, rounds, seconds);
            await Restart.MeasureAsync(Path.Combine(folder, "restart"), quick ? 32 : 256);
            return reached;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<Measured> MeasureAsync(string folder, int producers, double seconds)
    {
        var path = Path.Combine(folder, "data");
        var measured = await MeasureInAsync(path, producers, seconds);
        Directory.Delete(path, recursive: true);
        return measured;
    }

    private static async Task<Measured> MeasureInAsync(string path, int producers, double seconds)
    {
        await using var journal = await SqliteJournal.OpenAsync(path, new(), TimeProvider.System, () => (ulong)Random.Shared.NextInt64());
        return await WaitingProducers.MeasureAsync(journal, producers, seconds);
    }

    private static int Print(Dictionary<int, (List<Measured> Journal, List<Measured> Raw)> results, int rounds, double seconds)
    {
        Console.WriteLine($"Median of {rounds} rounds of {seconds.ToString(CultureInfo.InvariantCulture)} s, in brackets the least and the greatest; raw and journal take turns.");
        Console.WriteLine("raw: write(producers x 360 B) + fdatasync in a loop, one thread. journal: each producer waits for its own durable event of 300 B.");
        Console.WriteLine();
        Console.WriteLine("| producers | raw events/s | journal events/s | journal / raw | raw p50 / p99 ms | journal p50 / p99 ms | processor µs/event | allocated B/event |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- |");
        foreach (var (producers, (journal, raw)) in results)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {producers:N0} | {Range(raw)} | {Range(journal)} | {Median(journal, m => m.EventsPerSecond) / Median(raw, m => m.EventsPerSecond):0.00} | {Latency(raw)} | {Latency(journal)} | {Median(journal, m => m.ProcessorPerEvent):0.00} | {Median(journal, m => m.AllocatedPerEvent):0} |"));
        }

        Console.WriteLine();
        var events = Median(results[256].Journal, m => m.EventsPerSecond);
        var p99 = Median(results[16].Journal, m => m.P99);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Verdict(events >= GoalEvents)}: {events:N0} events/s with 256 producers (goal {GoalEvents:N0} or more)"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Verdict(p99 <= GoalMilliseconds)}: commit p99 {p99:0.00} ms with 16 producers (goal {GoalMilliseconds} or less)"));
        return events >= GoalEvents && p99 <= GoalMilliseconds ? 0 : 1;
    }

    private static string Verdict(bool reached) => reached ? "ok" : "MISSED";

    private static string Range(List<Measured> rounds) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Median(rounds, m => m.EventsPerSecond):N0} ({rounds.Min(m => m.EventsPerSecond):N0}–{rounds.Max(m => m.EventsPerSecond):N0})");

    private static string Latency(List<Measured> rounds) =>
        string.Create(CultureInfo.InvariantCulture, $"{Median(rounds, m => m.P50):0.00} / {Median(rounds, m => m.P99):0.00}");

    private static double Median(List<Measured> rounds, Func<Measured, double> value)
    {
        var sorted = rounds.Select(value).Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
