using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Sequences;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Faults;

/// <summary>A client that disconnects without closing harms no other client.</summary>
public sealed class AbruptDisconnectTests(ITestOutputHelper output) : ServerTest(output)
{
    private const int Cuts = 1_000;

    // Most of the time of a cut goes by in waiting for frames.
    private const int AtOnce = 20;

    [Fact]
    public async Task A_thousand_clients_that_cut_their_sockets_while_a_run_floods_harm_nobody()
    {
        var random = Randomness();
        var server = await StartAsync();
        await using var healthy = await server.ListenAsync();
        var session = await server.Api.CreateSessionAsync();
        using var cutsAreDone = new CancellationTokenSource();
        var flood = FloodAsync(server, session, cutsAreDone.Token);

        for (var done = 0; done < Cuts; done += AtOnce)
        {
            var moments = Enumerable.Range(0, AtOnce).Select(_ => (Moment: random.Next(3), Frames: random.Next(1, 6))).ToList();
            await Task.WhenAll(moments.Select(m => ConnectAndCutAsync(server, m.Moment, m.Frames)));
        }

        await cutsAreDone.CancelAsync();
        var runs = await Eventually.EndsAsync(flood, "the last run", TimeSpan.FromSeconds(60));
        Output.WriteLine($"{Cuts} cuts during {runs} runs.");

        await server.Api.PublishToastAsync("the end");
        await healthy.WaitForTypeAsync("tui.toast.show");
        EventRecord.AssertDense(healthy.Frames);
        EventFold.Of(healthy.Events, session).AssertIs(await server.Api.MessagesAsync(session));
        Assert.Equal(runs, healthy.Events.Count(e => e.Type == "session.idle"));
        await server.Api.GetAsync("/global/health");
        await using var late = await server.ListenAsync();
        await late.WaitForTypeAsync("server.connected");
    }

    private static async Task<int> FloodAsync(ServerProcess server, string session, CancellationToken stop)
    {
        var runs = 0;
        while (!stop.IsCancellationRequested)
        {
            var answer = await server.Api.AskAsync(session, "run: seq 1 2000");
            Assert.True(answer.Has("info", "time", "completed"));
            runs++;
        }

        return runs;
    }

    private static async Task ConnectAndCutAsync(ServerProcess server, int moment, int frames)
    {
        if (moment == 0)
        {
            // Before the answer: the request is sent, and its client is gone.
            using var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
            await socket.ConnectAsync(System.Net.IPAddress.Loopback, server.Root.Port);
            await socket.SendAsync("GET /event HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray());
            socket.LingerState = new System.Net.Sockets.LingerOption(true, 0);
            return;
        }

        var stream = await server.ListenAsync();
        if (moment == 2)
            await stream.WaitForAsync(_ => --frames < 0, "some frames"); // In the middle of the flood.

        await stream.ResetAsync();
    }
}
