using System.Net;
using System.Net.Sockets;

namespace OpenCode.Actors.EndToEnd.Postgres;

/// <summary>Stands between a node and PostgreSQL and can keep back the message that ends a statement: to the server its client stands still in the middle of it.</summary>
internal sealed class SyncHoldingProxy : IAsyncDisposable
{
    private static readonly byte[] Sync = [(byte)'S', 0, 0, 0, 4];

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly int _target;
    private readonly Task _accepting;
    private volatile bool _holds;

    public SyncHoldingProxy(int target)
    {
        _target = target;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    public void HoldSyncs(bool holds) => _holds = holds;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var server = new TcpClient();
        using (client)
        {
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
                (client.NoDelay, server.NoDelay) = (true, true);
                await Task.WhenAny(PassAsync(client, server, mayHold: true), PassAsync(server, client, mayHold: false));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                // The client sees its connection end.
            }
        }
    }

    private async Task PassAsync(TcpClient from, TcpClient to, bool mayHold)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.GetStream().ReadAsync(buffer, _stop.Token) is > 0 and var count)
            {
                // What is kept back never comes, nor does what was sent behind it: the node is gone for good, or says it anew on another connection.
                if (mayHold && _holds && buffer.AsSpan(0, count).IndexOf(Sync) is >= 0 and var end)
                    count = end;
                await to.GetStream().WriteAsync(buffer.AsMemory(0, count), _stop.Token);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // One end is gone.
        }
    }
}
