using System.Globalization;
using OpenCode.Actors.EndToEnd.Harness;

namespace OpenCode.Actors.Benchmarks.Postgres;

/// <summary>From the moment just before an event is appended by one process to its arrival from another.</summary>
internal static class LatencyRounds
{
    private const double GoalP50 = 1.5;
    private const double GoalP99 = 2;

    private static readonly int[] Rates = [1_000, 10_000];

    public static async Task<bool> RunAsync(PostgresServer server, NodeProcess[] nodes, bool quick)
    {
        var (rounds, seconds) = quick ? (1, 1.0) : (7, 4.0);
        var rates = quick ? [500] : Rates;
        var results = rates.ToDictionary(rate => rate, _ => (Raw: new List<NodeAnswer>(), Product: new List<NodeAnswer>()));
        var schema = await server.CreateSchemaAsync();
        await using var node = await ServerNode.StartAsync(schema);

        // In a database of its own: the node receives all notifications of its own database.
        await server.ExecuteAsync("CREATE DATABASE raw OWNER opencode");
        var number = 0;
        await WarmAsync();
        for (var round = 0; round < rounds; round++)
        {
            foreach (var rate in rates)
            {
                results[rate].Raw.Add(await RawAsync(rate, seconds));
                results[rate].Product.Add(await ProductAsync(rate, seconds));
            }
        }

        return Print(results, rounds, seconds, quick);

        // A process compiles at first what it runs.
        async Task WarmAsync()
        {
            var rate = quick ? 2_000 : 10_000;
            await RawAsync(rate, quick ? 1 : 4);
            await ProductAsync(rate, quick ? 1 : 8);
        }

        async Task<NodeAnswer> RawAsync(int rate, double length)
        {
            var target = $"{server.ConnectionString};Database=raw;Search Path=raw_{++number}";
            var answers = await NodeProcess.RunAsync(
                (nodes[1], new(RawArrivals.Kind, target, length, (int)(rate * length))),
                (nodes[0], new(RawStamps.Kind, target, length, (int)(rate * length))));
            return answers[0];
        }

        async Task<NodeAnswer> ProductAsync(int rate, double length)
        {
            var answers = await NodeProcess.RunAsync(
                (nodes[1], new(StreamArrivals.Kind, node.Address, length, (int)(rate * length))),
                (nodes[0], new(JournalStamps.Kind, schema, length, (int)(rate * length))));
            return answers[0];
        }
    }

    private static bool Print(Dictionary<int, (List<NodeAnswer> Raw, List<NodeAnswer> Product)> results, int rounds, double seconds, bool quick)
    {
        Console.WriteLine();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Stamped just before the append in one process, arrived in another: ms, median of {rounds} rounds of {seconds} s, in brackets the least and the greatest; in turns."));
        Console.WriteLine("raw: append and NOTIFY with Npgsql; LISTEN, select and decode. product: IJournal.AppendAsync; a real server's tail, ring and /global/event; a socket.");
        Console.WriteLine();
        Console.WriteLine("| events/s | raw p50 | product p50 | ratio | raw p99 | product p99 | ratio |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- |");
        var reached = true;
        var verdicts = new List<(bool Reached, FormattableString What)>();
        foreach (var (rate, (raw, product)) in results)
        {
            var (p50, p99) = (Ratio(raw, product, 0.5), Ratio(raw, product, 0.99));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {rate:N0} | {Range(raw, 0.5)} | {Range(product, 0.5)} | {p50:0.00} | {Range(raw, 0.99)} | {Range(product, 0.99)} | {p99:0.00} |"));
            var goal = quick ? 3 * GoalP50 : GoalP50;
            verdicts.Add((p50 <= goal, $"p50 {p50:0.00} × raw at {rate:N0} events/s (goal {goal} or less)"));
            if (!quick)
                verdicts.Add((p99 <= GoalP99, $"p99 {p99:0.00} × raw at {rate:N0} events/s (goal {GoalP99} or less)"));
            var faults = raw.Concat(product).Select(a => a.Fault).OfType<string>().ToArray();
            verdicts.Add((faults.Length == 0, $"{faults.Length} rounds with an event missing, double or out of order at {rate:N0} events/s {string.Join("; ", faults)}"));
        }

        Console.WriteLine();
        foreach (var (isReached, what) in verdicts)
            reached &= PostgresBenchmark.Verdict(isReached, what);
        return reached;
    }

    private static double Ratio(List<NodeAnswer> raw, List<NodeAnswer> product, double part) =>
        PostgresBenchmark.Median(product.Select(a => a.At(part))) / PostgresBenchmark.Median(raw.Select(a => a.At(part)));

    private static string Range(List<NodeAnswer> answers, double part) => PostgresBenchmark.Range([.. answers.Select(a => a.At(part))], "0.00");
}
