using System.Net.Sockets;
using OpenCode.Actors.Clustering.Looks;

namespace OpenCode.Actors.Clustering.Doors;

/// <summary>Connects and hangs up at once.</summary>
internal sealed class TcpReachability(TimeProvider time) : IReachability
{
    private static readonly TimeSpan _limit = TimeSpan.FromMilliseconds(500);

    public async ValueTask<Reach> ProbeAsync(Uri url, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(url.IdnHost, url.Port, either.Token);
            return Reach.Accepted;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode == SocketError.ConnectionRefused ? Reach.Refused : Reach.Unknown;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Reach.Unknown;
        }
    }
}
