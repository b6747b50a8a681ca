using System.Net;
using System.Net.Sockets;

namespace OpenCode.Actors.EndToEnd.Harness;

/// <summary>Stands between a client and the server and resets their connections when told: the network as it is on a train.</summary>
internal sealed class TcpProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<Link> _links = [];
    private readonly int _target;
    private readonly Task _accepting;
    private int _accepted;

    public TcpProxy(Uri target)
    {
        _target = target.Port;
        _listener.Start();
        Root = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _accepting = AcceptAsync();
    }

    public Uri Root { get; }

    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>Resets every connection through the proxy.</summary>
    /// <param name="afterBytes">How many more bytes the server may send to each first: cuts frames in the middle.</param>
    /// <returns>How many there were.</returns>
    public int ResetAll(int afterBytes = 0)
    {
        lock (_links)
        {
            foreach (var link in _links)
            {
                link.ResetAfter(afterBytes);
            }

            return _links.Count;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        ResetAll();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync(_stop.Token);
                _ = ServeAsync(client);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        var link = new Link(client, server);
        lock (_links)
        {
            _links.Add(link);
        }

        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _target);
            Interlocked.Increment(ref _accepted);
            await Task.WhenAny(link.ToServerAsync(), link.ToClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The server is down: the client sees a reset, as it would without a proxy.
        }
        finally
        {
            lock (_links)
            {
                _links.Remove(link);
            }

            link.ResetAfter(0);
        }
    }

    private sealed class Link(Socket client, Socket server)
    {
        private long _mayPass = long.MaxValue;

        public void ResetAfter(int bytes)
        {
            if (bytes > 0)
            {
                Interlocked.Exchange(ref _mayPass, bytes);
                return;
            }

            foreach (var socket in new[] { client, server })
            {
                try
                {
                    socket.LingerState = new LingerOption(true, 0);
                }
                catch (Exception e) when (e is SocketException or ObjectDisposedException)
                {
                    // Closed already.
                }

                socket.Dispose();
            }
        }

        public async Task ToServerAsync()
        {
            var buffer = new byte[16 * 1024];
            while (await client.ReceiveAsync(buffer) is > 0 and var count)
            {
                await server.SendAsync(buffer.AsMemory(0, count));
            }
        }

        public async Task ToClientAsync()
        {
            var buffer = new byte[16 * 1024];
            while (await server.ReceiveAsync(buffer) is > 0 and var count)
            {
                var pass = (int)Math.Min(count, Interlocked.Read(ref _mayPass));
                await client.SendAsync(buffer.AsMemory(0, pass));
                if (Interlocked.Read(ref _mayPass) != long.MaxValue && Interlocked.Add(ref _mayPass, -pass) <= 0)
                {
                    return;
                }
            }
        }
    }
}
