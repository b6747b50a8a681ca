using System.Globalization;

namespace OpenCode.Actors.Benchmarks.Kernel;

/// <summary>Our kernel beside System.Threading.Channels: all contenders interleaved, one warm-up and three rounds, medians, and the goals of the project.</summary>
internal static class KernelBenchmark
{
    private const int Rounds = 3;

    public static async Task<int> RunAsync(string[] options)
    {
        var quick = options.Contains("--quick");
        var tests = new KernelTests(quick ? 0.1 : 1);
        IContender[] contenders =
        [
            new OurKernel("ours, bounded", MailboxOptions.Bounded(int.MaxValue)), // The default's queue, with a bound that a flood does not reach.
            new OurKernel("ours, unbounded", MailboxOptions.Unbounded),
            new ChannelKernel("chan unbounded", capacity: null),
            new ChannelKernel("chan bounded 1024", capacity: 1024),
        ];
        Row[] rows =
        [
            new("tell, 1 sender to 1", "M msg/s", c => tests.TellAsync(c, senders: 1), Goal.AtLeast(10)),
            new("tell, 4 senders to 1", "M msg/s", c => tests.TellAsync(c, senders: 4)),
            new("fan-out 1 to 1,000 actors", "M msg/s", tests.FanOutAsync),
            new("ping-pong, 1 pair", "ns/hop", c => tests.PingPongAsync(c, pairs: 1, inFlight: 1), Goal.AtMost(150)),
            new("ping-pong, 64 pairs, 16 in flight", "M msg/s", c => tests.PingPongAsync(c, pairs: 64, inFlight: 16)),
            new("ask with timeout, sequential", "µs", tests.AskAsync, Goal.AtMost(1)),
            new("async handler that yields once", "M msg/s", tests.YieldAsync),
            new("spawn and first message", "k actors/s", tests.SpawnAsync, Goal.AtLeast(1_000)),
            new("memory of an idle actor", "B", tests.IdleAsync, Goal.AtMost(600)),
            new("quiet actor among 16 busy, p99", "ms", tests.QuietAsync, Goal.AtMost(100)),
        ];

        rows = [.. rows.Where(row => IsAskedFor(row.Name, "--only"))];
        contenders = [.. contenders.Where(contender => IsAskedFor(contender.Name, "--contender"))];

        for (var round = 0; round <= Rounds; round++)
        {
            await Console.Error.WriteLineAsync(round == 0 ? "warm-up" : $"round {round} of {Rounds}");
            foreach (var row in rows)
            {
                foreach (var contender in contenders)
                {
                    await Task.Yield(); // Off the stack of the last measurement, which keeps its world alive.
                    GC.Collect();
                    var figure = await row.Measure(contender);
                    if (round > 0)
                        row.Add(contender, figure);
                }
            }
        }

        Print(rows, contenders);
        return rows.All(row => row.Meets(contenders[0])) ? 0 : 1;

        bool IsAskedFor(string name, string option) =>
            Array.IndexOf(options, option) is not (>= 0 and var at) || at + 1 == options.Length || name.Contains(options[at + 1], StringComparison.OrdinalIgnoreCase);
    }

    private static void Print(Row[] rows, IContender[] contenders)
    {
        Console.WriteLine($"{Environment.ProcessorCount} cores, .NET {Environment.Version}; median of {Rounds} rounds, least and most in brackets.");
        Console.WriteLine();
        Console.WriteLine($"| test | unit | {string.Join(" | ", contenders.Select(static c => c.Name))} |");
        Console.WriteLine($"| --- | --- |{string.Concat(Enumerable.Repeat(" --- |", contenders.Length))}");
        foreach (var row in rows)
            Console.WriteLine($"| {row.Name} | {row.Unit} | {string.Join(" | ", contenders.Select(row.Show))} |");
        Console.WriteLine();
        foreach (var row in rows.Where(static r => r.Goal is not null))
            Console.WriteLine($"{(row.Meets(contenders[0]) ? "ok" : "MISSED")}: {row.Name} {row.Goal} {row.Unit}, {contenders[0].Name}: {Row.Format(row.Median(contenders[0]))}");
    }

    private sealed record Goal(double Bound, bool IsLeast)
    {
        public static Goal AtLeast(double bound) => new(bound, IsLeast: true);

        public static Goal AtMost(double bound) => new(bound, IsLeast: false);

        public bool IsMet(double figure) => IsLeast ? figure >= Bound : figure <= Bound;

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(IsLeast ? ">=" : "<=")} {Bound:#,0}");
    }

    private sealed class Row(string name, string unit, Func<IContender, Task<double>> measure, Goal? goal = null)
    {
        private readonly Dictionary<IContender, List<double>> _figures = [];

        public string Name => name;

        public string Unit => unit;

        public Goal? Goal => goal;

        public static string Format(double figure) => figure.ToString(figure < 10 ? "0.00" : "#,0", CultureInfo.InvariantCulture);

        public Task<double> Measure(IContender contender) => measure(contender);

        public void Add(IContender contender, double figure)
        {
            if (!_figures.TryGetValue(contender, out var figures))
                _figures.Add(contender, figures = []);
            figures.Add(figure);
            figures.Sort();
        }

        public double Median(IContender contender) => _figures[contender][_figures[contender].Count / 2];

        public bool Meets(IContender contender) => goal?.IsMet(Median(contender)) ?? true;

        public string Show(IContender contender) => $"{Format(Median(contender))} ({Format(_figures[contender][0])}–{Format(_figures[contender][^1])})";
    }
}
