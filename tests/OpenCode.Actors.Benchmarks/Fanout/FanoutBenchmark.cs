using System.Diagnostics;
using System.Globalization;
using System.Text;
using OpenCode.Actors.Journal;

namespace OpenCode.Actors.Benchmarks.Fanout;

/// <summary>Events to 1,000 clients in memory: our subscribers beside a task and a channel per client, interleaved. Sockets are left out on purpose.</summary>
internal static class FanoutBenchmark
{
    private const int Clients = 1_000;
    private const int Rounds = 3;

    public static async Task<int> RunAsync()
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Clients} clients, events of 230 bytes; median of {Rounds} interleaved rounds after one to warm up"));
        Console.WriteLine("| way | scenario | deliveries/s | CPU-s per million | bytes allocated per delivery | bytes per idle client |");
        Console.WriteLine("|---|---|---|---|---|---|");
        var rows = new List<Row>();
        for (var round = 0; round <= Rounds; round++)
        {
            foreach (var (way, make) in new (string, Func<IFanout>)[] { ("subscriber actors", () => new ActorFanout()), ("task and channel", () => new ChannelFanout()) })
            {
                var measured = await MeasureAsync(way, make);
                if (round > 0)
                    rows.AddRange(measured);
            }
        }

        foreach (var group in rows.GroupBy(r => (r.Way, r.Scenario)).OrderBy(g => g.Key.Scenario, StringComparer.Ordinal))
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {group.Key.Way} | {group.Key.Scenario} | {Median(group, r => r.PerSecond):N0} | {Median(group, r => r.CpuPerMillion):F3} | {Median(group, r => r.AllocatedPerDelivery):F1} | {Median(group, r => r.IdleBytes):N0} |"));
        }

        return 0;
    }

    private static async Task<List<Row>> MeasureAsync(string way, Func<IFanout> make)
    {
        var draft = new EntryDraft(
            "evt_1fc9e079f002DUrm38un3gQGXX", "tui.toast.show", "/a", "global", null, -1, Durable: false, Encoding.UTF8.GetBytes($$"""{"message":"{{new string('x', 110)}}"}"""));
        var idle = await IdleBytesAsync(make);
        await using var fanout = make();
        await fanout.ConnectAsync(Clients);
        return
        [
            await ScenarioAsync(way, "a: 20 events a second", idle, fanout, draft, count: 60, TimeSpan.FromMilliseconds(50), window: 1),
            await ScenarioAsync(way, "b: at most 512 under way", idle, fanout, draft, count: 20_000, TimeSpan.Zero, window: 512),
        ];
    }

    // The second thousand: what the first one made for all is left out, as are the 4 KiB that stand for a transport's buffer.
    private static async Task<double> IdleBytesAsync(Func<IFanout> make)
    {
        await using var fanout = make();
        await fanout.ConnectAsync(Clients);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await fanout.ConnectAsync(Clients);
        return ((GC.GetTotalMemory(forceFullCollection: true) - before) / (double)Clients) - ClientBuffer.Size;
    }

    private static async Task<Row> ScenarioAsync(string way, string scenario, double idle, IFanout fanout, EntryDraft draft, int count, TimeSpan pause, int window)
    {
        var start = fanout.Deliveries;
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var clock = Stopwatch.GetTimestamp();
        for (var published = 0; published < count;)
        {
            var batch = Math.Min(Math.Max(1, window / 16), count - published);
            fanout.Publish(draft, batch);
            published += batch;
            if (pause > TimeSpan.Zero)
                await Task.Delay(pause);
            while (fanout.Deliveries - start < (published - window) * (long)Clients)
                await Task.Delay(1);
        }

        while (fanout.Deliveries - start < count * (long)Clients)
            await Task.Delay(1);

        var deliveries = count * (double)Clients;
        return new Row(
            way,
            scenario,
            deliveries / Stopwatch.GetElapsedTime(clock).TotalSeconds,
            (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds / deliveries * 1e6,
            (GC.GetTotalAllocatedBytes(precise: true) - allocated) / deliveries,
            idle);
    }

    private static double Median(IEnumerable<Row> rows, Func<Row, double> value) => rows.Select(value).Order().ElementAt(Rounds / 2);

    private sealed record Row(string Way, string Scenario, double PerSecond, double CpuPerMillion, double AllocatedPerDelivery, double IdleBytes);
}
