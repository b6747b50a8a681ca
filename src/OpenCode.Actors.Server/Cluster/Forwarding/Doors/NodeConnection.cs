using System.Net;
using System.Net.Sockets;

namespace OpenCode.Actors.Server.Cluster.Forwarding.Doors;

/// <summary>A connection to another node whose loss is noticed although nobody says so: a cable that was pulled, a machine that is gone.</summary>
/// <remarks>
/// The other machine's kernel answers the probes, so they tell nothing of the time that a request takes: one that waits for minutes is left alone, and so is a process that stands
/// still. The database finds those.
/// </remarks>
internal static class NodeConnection
{
    // A client that asks two nodes which are both cut off from the owner waits for this, or for two tries to connect, at each: in all less than the 6 s of a takeover.
    private const int SilentSeconds = 2;
    private static readonly TimeSpan _connect = TimeSpan.FromMilliseconds(750);

    // What is sent and not confirmed counts as well, and so does a probe: tcp(7). Without the option, elsewhere, it takes as long as the system likes.
    private const int ProtocolTcp = 6;
    private const int TcpUserTimeout = 18;

    /// <summary>Gets how long the other machine may be silent.</summary>
    public static TimeSpan LongestSilence => TimeSpan.FromSeconds(SilentSeconds);

    /// <summary>Opens one.</summary>
    public static async ValueTask<Stream> OpenAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 1);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 1);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, SilentSeconds);
            if (OperatingSystem.IsLinux())
                socket.SetRawSocketOption(ProtocolTcp, TcpUserTimeout, BitConverter.GetBytes(SilentSeconds * 1000));
            await ConnectAsync(socket, context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // The other machine's kernel takes it, however busy the node is.
    private static async Task ConnectAsync(Socket socket, DnsEndPoint node, CancellationToken cancellationToken)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        enough.CancelAfter(_connect);
        try
        {
            await socket.ConnectAsync(node, enough.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SocketException((int)SocketError.TimedOut);
        }
    }
}
