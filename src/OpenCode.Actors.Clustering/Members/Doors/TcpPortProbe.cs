using System.Net.Sockets;
using Akka.Actor;

namespace OpenCode.Actors.Clustering.Members.Doors;

/// <summary>Connects by TCP.</summary>
/// <param name="time">The clock of the limit.</param>
internal sealed class TcpPortProbe(TimeProvider time) : IPortProbe
{
    /// <inheritdoc/>
    public async ValueTask<PortAnswer> AskAsync(Address address, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (address is not { Host: { } host, Port: { } port })
            return PortAnswer.Silent;

        using var deadline = new CancellationTokenSource(limit, time);
        using var given = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(host, port, given.Token);
            return PortAnswer.Accepts;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode == SocketError.ConnectionRefused ? PortAnswer.Refuses : PortAnswer.Silent;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return PortAnswer.Silent;
        }
    }
}
