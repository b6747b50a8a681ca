using System.Net;
using System.Net.Sockets;

namespace OpenCode.Actors.EndToEnd.Harness;

/// <summary>The way of one node to PostgreSQL: can be cut, and can stand still as a process that is stopped does, with its connections open and nothing said on them.</summary>
internal sealed class NodeLine : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<Socket> _sockets = [];
    private readonly int _target;
    private readonly Task _accepting;
    private TaskCompletionSource? _frozen;
    private bool _isCut;

    public NodeLine(int target)
    {
        _target = target;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>Resets all connections and every new one, or lets them pass again.</summary>
    public void Cut(bool isCut)
    {
        Socket[] cut;
        lock (_gate)
        {
            _isCut = isCut;
            cut = isCut ? [.. _sockets] : [];
        }

        foreach (var socket in cut)
            Reset(socket);
    }

    /// <summary>Passes nothing on, in either direction.</summary>
    public void Freeze()
    {
        lock (_gate)
            _frozen ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public void Thaw()
    {
        TaskCompletionSource? frozen;
        lock (_gate)
            (frozen, _frozen) = (_frozen, null);

        frozen?.SetResult();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        Cut(true);
        Thaw();
        await _accepting;
    }

    private static void Reset(Socket socket)
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

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptSocketAsync(_stop.Token));
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
        lock (_gate)
        {
            if (!_isCut)
                _sockets.UnionWith([client, server]);
        }

        try
        {
            await WhileFrozenAsync();
            if (IsKnown(client))
            {
                await server.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
                await Task.WhenAny(PumpAsync(client, server), PumpAsync(server, client));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Both ends see it.
        }
        finally
        {
            lock (_gate)
                _sockets.ExceptWith([client, server]);
            Reset(client);
            Reset(server);
        }
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, _stop.Token) is > 0 and var count)
            {
                await WhileFrozenAsync();
                await to.SendAsync(buffer.AsMemory(0, count), _stop.Token);
            }

            await WhileFrozenAsync();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            await WhileFrozenAsync();
        }
    }

    private bool IsKnown(Socket socket)
    {
        lock (_gate)
            return _sockets.Contains(socket);
    }

    private Task WhileFrozenAsync()
    {
        lock (_gate)
            return _frozen?.Task ?? Task.CompletedTask;
    }
}
