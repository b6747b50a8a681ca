using System.Diagnostics;
using System.Text.RegularExpressions;
using OpenCode.Actors.EndToEnd.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Load;

/// <summary>Clients that never read cost their cursor and one socket buffer, and are ended.</summary>
[Collection(HeavyTests.Name)]
public sealed partial class StalledClientsTests(ITestOutputHelper output) : ServerTest(output)
{
    private const int RingBytes = 16 << 20;
    private const int MegaByte = 1 << 20;
    private const int EventBytes = 16_000;
    private const int Healthy = 10;
    private const int Stalled = 40;

    [Fact]
    public async Task Clients_that_never_read_are_ended_and_the_healthy_miss_nothing()
    {
        var events = Scale.Of(2_000, 12_000);
        var deadline = Scale.Of(3_000, 20_000);
        var heartbeat = Scale.Of(1_000, 10_000);
        var server = await StartAsync(Setup.WithEventStream(("ring_bytes", RingBytes), ("write_timeout_ms", deadline), ("heartbeat_ms", heartbeat)));
        await PublishAsync(server, 300); // Warm: compiled code and pools are not what stalled clients cost.
        var counts = Enumerable.Range(0, Healthy).Select(_ => new Counter(events)).ToList();
        foreach (var counter in counts)
            Own(await SseClient.ConnectAsync(server.Root, onFrame: counter.Add));

        var stalled = new List<StalledClient>();
        for (var n = 0; n < Stalled; n++)
            stalled.Add(await StalledClient.ConnectAsync(server.Root, "/event"));

        var before = Unix.ResidentBytes(server.Id);
        using var measuring = new CancellationTokenSource();
        var peak = PeakAsync(server.Id, measuring.Token);
        var clock = Stopwatch.StartNew();
        await PublishAsync(server, events);
        await Eventually.TrueAsync(() => counts.All(c => c.Seen == events), "every event at every healthy client", TimeSpan.FromMinutes(4));
        var published = clock.Elapsed;

        // The deadline runs from the last progress of a write, which the last event at the latest began.
        await Eventually.TrueAsync(() => stalled.All(s => s.IsEnded), "every stalled client to be ended", Scale.Bound((deadline + (2 * heartbeat)) / 1000.0));
        await measuring.CancelAsync();
        var growth = await peak - before;

        Output.WriteLine(
            $"{events} events of {EventBytes / 1000} KB in {published.TotalSeconds:0.0} s, ring {RingBytes / MegaByte} MiB, {Healthy} healthy and {Stalled} stalled clients: "
            + $"RSS {before / MegaByte} -> peak {(before + growth) / MegaByte} MiB (+{growth / MegaByte}); healthy missed {counts.Sum(c => c.Missed)}; "
            + $"the last stalled client was ended {clock.Elapsed.TotalSeconds - published.TotalSeconds:0.0} s after the last event (deadline {deadline} ms, heartbeat {heartbeat} ms).");
        Assert.Equal(0, counts.Sum(c => c.Missed));
        Assert.True(growth <= RingBytes + (64L * MegaByte), $"Grew by {growth / MegaByte} MiB.");
        stalled.ForEach(s => s.Dispose());
    }

    private static async Task PublishAsync(ServerProcess server, int events)
    {
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            for (var n = Interlocked.Increment(ref next); n < events; n = Interlocked.Increment(ref next))
                await server.Api.PublishToastAsync($"seq={n} {new string('x', EventBytes)}");
        }));
    }

    private static async Task<long> PeakAsync(int processId, CancellationToken stop)
    {
        var peak = 0L;
        while (!stop.IsCancellationRequested)
        {
            peak = Math.Max(peak, Unix.ResidentBytes(processId));
            await Task.Delay(100, CancellationToken.None);
        }

        return peak;
    }

    /// <summary>Counts the numbered events of one client; each exactly once.</summary>
    private sealed partial class Counter(int events)
    {
        private readonly bool[] _seen = new bool[events];
        private long _last = -1;

        public int Seen { get; private set; }

        public int Missed => _seen.Count(s => !s);

        public void Add(SseFrame frame)
        {
            if (Sequence().Match(frame.Data, 0, Math.Min(400, frame.Data.Length)) is not { Success: true } match)
                return;

            var number = int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
            if (_seen[number] || frame.Offset <= _last)
                throw new InvalidDataException($"Event {number} came twice or out of order.");

            (_seen[number], _last) = (true, frame.Offset);
            Seen++;
        }

        [GeneratedRegex("seq=([0-9]+) ")]
        private static partial Regex Sequence();
    }
}
