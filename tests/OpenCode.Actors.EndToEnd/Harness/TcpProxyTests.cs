using System.Net;
using System.Net.Sockets;

namespace OpenCode.Actors.EndToEnd.Harness;

/// <summary>The proxy that the cluster's faults stand on: it has to tell its sources apart.</summary>
public sealed class TcpProxyTests
{
    // Connects, sends its name, and repeats what it receives until the end.
    private const string Echo = "exec 3<>/dev/tcp/127.0.0.1/$1; echo $2 >&3; cat <&3; echo ended";

    [Fact]
    public async Task One_source_is_cut_and_silenced_and_the_other_goes_on()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var pids = new Dictionary<int, string>();
        await using var proxy = new TcpProxy(((IPEndPoint)server.LocalEndpoint).Port) { SourceOf = NameOf };
        await using var first = await ConnectAsync("first");
        await using var second = await ConnectAsync("second");

        proxy.Silence("first");
        await first.SayAsync("late");
        await second.SayAsync("now");
        await Eventually.TrueAsync(() => second.Process.Output.Contains("now", StringComparison.Ordinal), "the second one's first input");
        Assert.DoesNotContain("late", first.Process.Output, StringComparison.Ordinal);
        await proxy.MendAsync();
        await Eventually.TrueAsync(() => first.Process.Output.Contains("late", StringComparison.Ordinal), "the first one's input");

        proxy.Cut("first");
        await first.Process.ExitAsync();
        await second.SayAsync("again");
        await Eventually.TrueAsync(() => second.Process.Output.Contains("again", StringComparison.Ordinal), "the second one's second input");

        string? NameOf(Socket client)
        {
            var (remote, local) = (((IPEndPoint)client.RemoteEndPoint!).Port, ((IPEndPoint)client.LocalEndPoint!).Port);
            return pids.FirstOrDefault(pid => Unix.HasConnection(pid.Key, remote, local)).Value;
        }

        async Task<Peer> ConnectAsync(string name)
        {
            // It waits for a line before it connects, so that its id is known by then.
            var process = ChildProcess.Start("bash", ["-c", "read; " + Echo, "bash", $"{proxy.Root.Port}", name], "/");
            pids[process.Id] = name;
            await process.Input.WriteLineAsync();
            await process.Input.FlushAsync();
            var socket = await server.AcceptSocketAsync();
            using var reader = new StreamReader(new NetworkStream(socket, ownsSocket: false));
            Assert.Equal(name, await reader.ReadLineAsync());
            return new Peer(process, socket);
        }
    }

    private sealed record Peer(ChildProcess Process, Socket Socket) : IAsyncDisposable
    {
        public async Task SayAsync(string word) => await Socket.SendAsync(System.Text.Encoding.ASCII.GetBytes(word + "\n"));

        public ValueTask DisposeAsync()
        {
            Socket.Dispose();
            return Process.DisposeAsync();
        }
    }
}
