using System.Globalization;
using OpenCode.Actors.EndToEnd.Harness;

namespace OpenCode.Actors.Benchmarks.Postgres;

/// <summary>Three processes that append to one PostgreSQL, and the latency of an event from one to another: the product beside plain Npgsql with the same SQL, in turns.</summary>
/// <remarks>Numbers choose the sizes of batches. With <c>--quick</c> the bounds are wide ones, which only a mistake in the product misses on a machine that does other things too.</remarks>
internal static class PostgresBenchmark
{
    public static async Task<int> RunAsync(string[] options)
    {
        var quick = options.Contains("--quick");
        var only = options.FirstOrDefault(o => char.IsAsciiLetter(o[0]));
        int[] sizes = [.. options.Where(o => int.TryParse(o, CultureInfo.InvariantCulture, out _)).Select(o => int.Parse(o, CultureInfo.InvariantCulture))];
        await using var server = await PostgresServer.StartAsync();
        var nodes = Enumerable.Range(1, 3).Select(i => NodeProcess.Start($"node-{i}")).ToArray();
        try
        {
            var reached = true;
            if (only is null or "append")
                reached &= await AppendRounds.RunAsync(server, nodes, sizes, quick);
            if (only is null or "latency")
                reached &= await LatencyRounds.RunAsync(server, nodes, quick);
            return reached ? 0 : 1;
        }
        finally
        {
            foreach (var node in nodes)
                await node.DisposeAsync();
        }
    }

    /// <summary>Prints whether a goal is reached.</summary>
    public static bool Verdict(bool reached, FormattableString what)
    {
        Console.WriteLine($"{(reached ? "ok" : "MISSED")}: {what.ToString(CultureInfo.InvariantCulture)}");
        return reached;
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>Writes the median, with the least and the most in brackets.</summary>
    public static string Range(IReadOnlyCollection<double> values, string format) => string.Create(
        CultureInfo.InvariantCulture, $"{Median(values).ToString(format, CultureInfo.InvariantCulture)} ({values.Min().ToString(format, CultureInfo.InvariantCulture)}–{values.Max().ToString(format, CultureInfo.InvariantCulture)})");
}
