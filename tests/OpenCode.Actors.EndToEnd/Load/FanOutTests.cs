using System.Diagnostics;
using OpenCode.Actors.EndToEnd.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Load;

/// <summary>Many clients, nothing missing: a quick check. The figures come from tests/measure.sh, where nothing else runs.</summary>
[Collection(HeavyTests.Name)]
public sealed class FanOutTests(ITestOutputHelper output) : ServerTest(output)
{
    private const int Clients = 200;
    private const int Toasts = 100;

    [Fact]
    public async Task Every_client_gets_every_event_once_and_in_order()
    {
        var server = await StartAsync();
        List<SseClient> clients = [];
        for (var n = 0; n < Clients; n++)
            clients.Add(Own(await server.ListenAsync(n % 2 == 0 ? "/event" : "/global/event")));

        await Task.WhenAll(clients.Select(c => c.WaitForTypeAsync("server.connected")));
        var clock = Stopwatch.StartNew();
        for (var n = 0; n < Toasts; n++)
            await server.Api.PublishToastAsync($"{n}");

        await Task.WhenAll(clients.Select(c => c.WaitForAsync(f => f.Type == "tui.toast.show" && f.Properties.Text("message") == $"{Toasts - 1}", "the last toast")));

        Output.WriteLine($"{Clients} clients x {Toasts} events in {clock.Elapsed.TotalSeconds:0.00} s.");
        Assert.All(clients, c => Assert.Equal(Enumerable.Range(0, Toasts).Select(n => $"{n}"), c.Events.Select(e => e.Properties.Text("message"))));
        Assert.All(clients, c => EventRecord.AssertDense(c.Frames));
    }

    [Fact]
    public async Task A_start_reaches_its_first_frame_quickly_and_idles_small()
    {
        List<double> starts = [];
        var resident = 0L;
        for (var n = 0; n < Scale.Of(3, 9); n++)
        {
            using var folder = new TempFolder();
            var clock = Stopwatch.StartNew();
            await using var server = await ServerProcess.StartAsync(new ServerSetup { Folder = folder });
            await using var stream = await server.ListenAsync();
            await stream.WaitForTypeAsync("server.connected");
            starts.Add(clock.Elapsed.TotalSeconds);
            resident = Unix.ResidentBytes(server.Id);
        }

        starts.Sort();
        Output.WriteLine($"Start to first frame: median {starts[starts.Count / 2]:0.00} s of {starts.Count}; RSS {resident >> 20} MiB.");
        Assert.True(starts[0] < Scale.Bound(3).TotalSeconds, $"{starts[0]:0.00} s at best.");
        Assert.True(resident < 150L << 20, $"{resident >> 20} MiB at idle.");
    }
}
