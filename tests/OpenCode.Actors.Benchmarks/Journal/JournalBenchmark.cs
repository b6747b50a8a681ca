using System.Globalization;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Storage.Sqlite;

namespace OpenCode.Actors.Benchmarks.Journal;

/// <summary>Producers that each wait for their own durable event of 300 B, beside a raw loop of write and fdatasync with as many bytes, on the same disk in the same run.</summary>
internal static class JournalBenchmark
{
    private const double GoalOfRaw = 0.7;
    private const double GoalEvents = 80_000;
    private const double GoalStreamed = 15_000;
    private const double GoalMilliseconds = 10;
    private const int Sessions = 16;

    private static readonly int[] Producers = [1, 16, 256];

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
            var streamed = new List<Measured>();
            await MeasureAsync(folder, journal => WaitingProducers.MeasureAsync(journal, 256, 0.5)); // Warm.
            for (var round = 0; round < rounds; round++)
            {
                foreach (var producers in Producers)
                {
                    results[producers].Raw.Add(RawLoop.Measure(Path.Combine(folder, "raw"), producers, seconds));
                    results[producers].Journal.Add(await MeasureAsync(folder, journal => WaitingProducers.MeasureAsync(journal, producers, seconds)));
                }

                streamed.Add(await MeasureAsync(folder, journal => StreamingSessions.MeasureAsync(journal, Sessions, seconds)));
            }

            var reached = Print(results, streamed, rounds, seconds);
            await Restart.MeasureAsync(Path.Combine(folder, "restart"), quick ? 32 : 256);
            return reached;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<Measured> MeasureAsync(string folder, Func<IJournal, Task<Measured>> measureAsync)
    {
        var path = Path.Combine(folder, "data");
        Measured measured;
        await using (var journal = await SqliteJournal.OpenAsync(path, new(), TimeProvider.System, () => (ulong)Random.Shared.NextInt64()))
            measured = await measureAsync(journal);
        Directory.Delete(path, recursive: true);
        return measured;
    }

    private static int Print(Dictionary<int, (List<Measured> Journal, List<Measured> Raw)> results, List<Measured> streamed, int rounds, double seconds)
    {
        Console.WriteLine($"Median of {rounds} rounds of {seconds.ToString(CultureInfo.InvariantCulture)} s, in brackets the least and the greatest; raw and journal take turns.");
        Console.WriteLine("raw: write(producers x 360 B) + fdatasync in a loop, one thread. journal: each producer waits for its own durable event of 300 B.");
        Console.WriteLine();
        Console.WriteLine("| producers | raw events/s | journal events/s | journal / raw | raw p50 / p99 ms | journal p50 / p99 ms | processor µs/event | written B/event | allocated B/event |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        foreach (var (producers, (journal, raw)) in results)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {producers:N0} | {Range(raw)} | {Range(journal)} | {Median(journal, m => m.EventsPerSecond) / Median(raw, m => m.EventsPerSecond):0.00} | {Latency(raw)} | {Latency(journal)} | {Median(journal, m => m.ProcessorPerEvent):0.00} | {Median(journal, m => m.WrittenPerEvent):0} | {Median(journal, m => m.AllocatedPerEvent):0} |"));
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {Sessions} sessions | – | {Range(streamed)} | – | – | {Latency(streamed)} | {Median(streamed, m => m.ProcessorPerEvent):0.00} | {Median(streamed, m => m.WrittenPerEvent):0} | {Median(streamed, m => m.AllocatedPerEvent):0} |"));

        Console.WriteLine();
        var ofRaw = Median(results[1].Journal, m => m.EventsPerSecond) / Median(results[1].Raw, m => m.EventsPerSecond);
        var events = Median(results[256].Journal, m => m.EventsPerSecond);
        var (rate, p99) = (Median(streamed, m => m.EventsPerSecond), Median(streamed, m => m.P99));
        return Verdict(ofRaw >= GoalOfRaw, $"one producer has {ofRaw:0.00} of the raw loop's commits (goal {GoalOfRaw} or more)")
            + Verdict(events >= GoalEvents, $"{events:N0} events/s with 256 producers (goal {GoalEvents:N0} or more)")
            + Verdict(rate >= GoalStreamed, $"{rate:N0} events/s of {Sessions} streaming sessions (goal {GoalStreamed:N0} or more)")
            + Verdict(p99 <= GoalMilliseconds, $"commit p99 {p99:0.00} ms there (goal {GoalMilliseconds} or less)") == 0 ? 0 : 1;
    }

    private static int Verdict(bool reached, FormattableString what)
    {
        Console.WriteLine($"{(reached ? "ok" : "MISSED")}: {what.ToString(CultureInfo.InvariantCulture)}");
        return reached ? 0 : 1;
    }

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
