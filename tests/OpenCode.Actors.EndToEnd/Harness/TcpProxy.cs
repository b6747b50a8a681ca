using System.Net;
using System.Net.Sockets;

namespace OpenCode.Actors.EndToEnd.Harness;

/// <summary>A proxy between a client and the server that resets their connections on demand: the network as it is on a train.</summary>
internal sealed class TcpProxy : IAsyncDisposable
{
    private TcpListener _listener = new(IPAddress.Loopback, Ports.Free());
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<Link> _links = [];
    private readonly Dictionary<string, TaskCompletionSource> _silent = [];
    private readonly HashSet<string> _refused = [];
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

    /// <summary>Gets a function that names the process at the client's end of a connection; null for one that it does not know. Without it sources cannot be distinguished.</summary>
    public Func<Socket, string?>? SourceOf { get; init; }

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

    /// <summary>Refuses new connections until <see cref="MendAsync"/>.</summary>
    public async Task RefuseAsync()
    {
        _listener.Stop();
        await _accepting;
    }

    /// <summary>Resets every connection and refuses new ones until <see cref="MendAsync"/>.</summary>
    public async Task CutAsync()
    {
        await RefuseAsync();
        ResetAll();
    }

    /// <summary>Resets the connections of one source and its new ones until <see cref="MendAsync"/>.</summary>
    public void Cut(string source)
    {
        lock (_links)
        {
            _refused.Add(source);
            foreach (var link in _links.Where(link => link.Source == source))
                link.ResetAfter(0);
        }
    }

    /// <summary>Forwards nothing until <see cref="MendAsync"/>, without an error. TCP still confirms what is sent, as for a machine whose processes are stopped.</summary>
    public void Silence() => _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The same for one source.</summary>
    public void Silence(string source)
    {
        lock (_links)
            _silent.TryAdd(source, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
    }

    /// <summary>Forwards everything again; what was under way arrives late, as it does with TCP.</summary>
    public async Task MendAsync()
    {
        _open.TrySetResult();
        lock (_links)
        {
            foreach (var gate in _silent.Values)
                gate.TrySetResult();
            _silent.Clear();
            _refused.Clear();
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
        lock (_links)
        {
            foreach (var gate in _silent.Values)
                gate.TrySetResult();
        }

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
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        var link = new Link(this, client, server, SourceOf?.Invoke(client));
        bool isRefused;
        lock (_links)
        {
            _links.Add(link);
            isRefused = link.Source is { } source && _refused.Contains(source);
        }

        try
        {
            if (isRefused)
                return;

            await GateAsync(link);
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

    private async Task GateAsync(Link link)
    {
        await _open.Task;
        TaskCompletionSource? gate = null;
        lock (_links)
        {
            if (link.Source is { } source)
                _silent.TryGetValue(source, out gate);
        }

        if (gate is not null)
            await gate.Task;
    }

    private sealed class Link(TcpProxy proxy, Socket client, Socket server, string? source)
    {
        private long _mayPass = long.MaxValue;

        public string? Source => source;

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
                await proxy.GateAsync(this);
                await server.SendAsync(buffer.AsMemory(0, count));
            }
        }

        public async Task ToClientAsync()
        {
            var buffer = new byte[16 * 1024];
            while (await server.ReceiveAsync(buffer) is > 0 and var count)
            {
                await proxy.GateAsync(this);
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
