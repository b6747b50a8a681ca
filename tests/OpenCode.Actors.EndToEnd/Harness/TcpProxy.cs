using System.Net;
using System.Net.Sockets;

namespace OpenCode.Actors.EndToEnd.Harness;

/// <summary>Stands between a client and the server and resets their connections when told: the network as it is on a train.</summary>
internal sealed class TcpProxy : IAsyncDisposable
{
    private TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<Link> _links = [];
    private readonly List<Socket> _deaf = [];
    private readonly int _target;
    private readonly int _port;
    private Task _accepting;
    private int _accepted;
    private volatile TaskCompletionSource _open = Opened();

    public TcpProxy(Uri target)
        : this(target.Port)
    {
    }

    public TcpProxy(int targetPort)
    {
        _target = targetPort;
        _listener.Start();
        _port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        Root = new Uri($"http://127.0.0.1:{_port}");
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

    /// <summary>Resets every connection and refuses new ones until <see cref="MendAsync"/>.</summary>
    public async Task CutAsync()
    {
        _listener.Stop();
        await _accepting;
        ResetAll();
    }

    /// <summary>Lets nothing through until <see cref="MendAsync"/>, and says nothing. What is sent is confirmed, as by a machine whose processes stand still.</summary>
    public void Silence() => _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Drops every packet of clients until <see cref="MendAsync"/>, unconfirmed: a cable that was pulled.</summary>
    public void Drop()
    {
        Silence();
        lock (_links)
        {
            _deaf.AddRange([_listener.Server, .. _links.Select(static link => link.Client)]);
            _deaf.ForEach(DeafSocket.Make);
        }
    }

    /// <summary>Lets all through again; what was under way when it fell silent arrives late, as it does with TCP.</summary>
    public async Task MendAsync()
    {
        _open.TrySetResult();
        lock (_links)
        {
            _deaf.ForEach(DeafSocket.Cure);
            _deaf.Clear();
        }

        if (!_accepting.IsCompleted)
        {
            return;
        }

        await _accepting;
        _listener = new TcpListener(IPAddress.Loopback, _port);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        _open.TrySetResult();
        ResetAll();
        await _accepting;
        _stop.Dispose();
    }

    private static TaskCompletionSource Opened()
    {
        var opened = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        opened.SetResult();
        return opened;
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
        var link = new Link(this, client, server);
        lock (_links)
        {
            _links.Add(link);
            if (_deaf.Count > 0)
            {
                // Its handshake was over just before the cable was pulled.
                _deaf.Add(client);
                DeafSocket.Make(client);
            }
        }

        try
        {
            await _open.Task;
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

    private sealed class Link(TcpProxy proxy, Socket client, Socket server)
    {
        private long _mayPass = long.MaxValue;

        public Socket Client => client;

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
                await proxy._open.Task;
                await server.SendAsync(buffer.AsMemory(0, count));
            }
        }

        public async Task ToClientAsync()
        {
            var buffer = new byte[16 * 1024];
            while (await server.ReceiveAsync(buffer) is > 0 and var count)
            {
                await proxy._open.Task;
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
