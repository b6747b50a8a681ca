using System.Globalization;
using OpenCode.Actors.EndToEnd.Harness;

namespace OpenCode.Actors.Benchmarks.Postgres;

/// <summary>Three processes that append as fast as they can.</summary>
internal static class AppendRounds
{
    private const double GoalRatio = 0.7;
    private const double GoalEvents = 80_000;

    // Batches of one producer; the last row is 256 producers of one event.
    private static readonly int[] Sizes = [1, 10, 100, 1_000, -256];

    public static async Task<bool> RunAsync(PostgresServer server, NodeProcess[] nodes, int[] chosen, bool quick)
    {
        var (rounds, seconds) = quick ? (2, 0.5) : (5, 1.0);
        var sizes = chosen.Length > 0 ? chosen : quick ? [100] : Sizes;
        var results = sizes.ToDictionary(size => size, _ => (WriteOnly: new List<double>(), Raw: new List<double>(), Journal: new List<double>()));
        for (var round = -1; round < rounds; round++)
        {
            foreach (var size in sizes)
            {
                var writeOnly = await MeasureAsync(server, nodes, RawAppends.WriteOnlyKind, Math.Abs(size), seconds);
                var raw = await MeasureAsync(server, nodes, RawAppends.Kind, Math.Abs(size), seconds);
                var journal = await MeasureAsync(server, nodes, JournalAppends.Kind, size, seconds);
                if (round < 0)
                    continue; // Warm.

                results[size].WriteOnly.Add(writeOnly);
                results[size].Raw.Add(raw);
                results[size].Journal.Add(journal);
            }
        }

        return Print(results, rounds, seconds, quick);
    }

    private static async Task<double> MeasureAsync(PostgresServer server, NodeProcess[] nodes, string kind, int size, double seconds)
    {
        // A fresh log each time: neither side reads or steps over what the other has written.
        var schema = await server.CreateSchemaAsync();
        var answers = await NodeProcess.RunAsync([.. nodes.Select((node, shard) => (node, new NodeTask(kind, schema, seconds, size, shard)))]);
        return answers.Sum(a => a.Events) / seconds;
    }

    private static bool Print(Dictionary<int, (List<double> WriteOnly, List<double> Raw, List<double> Journal)> results, int rounds, double seconds, bool quick)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Append from three processes, events of 300 B: median of {rounds} rounds of {seconds} s, in brackets the least and the greatest; they take turns."));
        Console.WriteLine("journal: IJournal.AppendAsync in a closed loop. raw: plain Npgsql in a closed loop with the same SQL in the same round trip, batches encoded beforehand: appends, tells the others,");
        Console.WriteLine("reads what they wrote below, and does nothing with it. write only: the first of these statements alone, so that no process reads what the others wrote.");
        Console.WriteLine();
        Console.WriteLine("| batch | journal events/s | raw events/s | journal / raw | write only events/s | journal / write only |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- |");
        foreach (var (size, (writeOnly, raw, journal)) in results)
        {
            var batch = size < 0 ? $"{-size} producers of 1" : size.ToString("N0", CultureInfo.InvariantCulture);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {batch} | {PostgresBenchmark.Range(journal, "N0")} | {PostgresBenchmark.Range(raw, "N0")} | {Ratio(raw, journal):0.00} | {PostgresBenchmark.Range(writeOnly, "N0")} | {Ratio(writeOnly, journal):0.00} |"));
        }

        Console.WriteLine();
        var reached = true;
        foreach (var (size, (_, raw, journal)) in results)
        {
            var goal = quick ? GoalRatio / 2 : GoalRatio;
            reached &= PostgresBenchmark.Verdict(Ratio(raw, journal) >= goal, $"{Ratio(raw, journal):0.00} of raw with batches of {Math.Abs(size):N0} (goal {goal:0.00} or more)");
        }

        if (!quick)
        {
            var most = results.Values.Max(r => PostgresBenchmark.Median(r.Journal));
            reached &= PostgresBenchmark.Verdict(most >= GoalEvents, $"{most:N0} events/s in batches (goal {GoalEvents:N0} or more)");
        }

        return reached;
    }

    private static double Ratio(List<double> raw, List<double> journal) => PostgresBenchmark.Median(journal) / PostgresBenchmark.Median(raw);
}
