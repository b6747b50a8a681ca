using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Akka.Actor;
using Akka.Event;
using Akka.Remote.Transport.DotNetty;

namespace OpenCode.Actors.Clustering.Members.Doors;

/// <summary>Connects by TCP and TLS.</summary>
/// <remarks>The handshake is completed: Akka logs one that is broken off as an error of the node that was asked. And what only forwards the port of a node that has ended is told from the node.</remarks>
/// <param name="time">The clock of the limit.</param>
/// <param name="tls">The key of this node, and which keys it accepts; null where nodes speak plain TCP.</param>
internal sealed class TcpPortProbe(TimeProvider time, DotNettySslSetup? tls) : IPortProbe
{
    private static readonly TimeSpan _linger = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public async ValueTask<PortAnswer> AskAsync(Address address, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (address is not { Host: { } host, Port: { } port })
            return PortAnswer.Silent;

        using var deadline = new CancellationTokenSource(limit, time);
        using var given = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        var answer = PortAnswer.Silent;
        try
        {
            await socket.ConnectAsync(host, port, given.Token);
            if (tls is not null)
                await ShakeHandsAsync(socket, host, tls, given.Token);
            answer = PortAnswer.Accepts;
        }
        catch (SocketException e)
        {
            answer = e.SocketErrorCode == SocketError.ConnectionRefused ? PortAnswer.Refuses : PortAnswer.Silent;
        }
        catch (IOException)
        {
            // It takes connections and closes them, which no node does.
        }
        catch (AuthenticationException)
        {
            answer = PortAnswer.Accepts; // A node with another secret, or something else: it lives.
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Nothing in time.
        }
        finally
        {
            _ = EndAsync(socket, answer);
        }

        return answer;
    }

    // The node that was asked is at the end of the handshake a moment later, and would take the end of the connection for a failure.
    private async Task EndAsync(Socket socket, PortAnswer answer)
    {
        if (answer == PortAnswer.Accepts)
            await Task.Delay(_linger, time);
        socket.Dispose();
    }

    private static async Task ShakeHandsAsync(Socket socket, string host, DotNettySslSetup tls, CancellationToken cancellationToken)
    {
        // Not disposed: that would end the connection for the other side. It holds nothing but buffers beside the socket.
        var stream = new SslStream(new NetworkStream(socket));
        await stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = host,
                LocalCertificateSelectionCallback = (_, _, _, _, _) => tls.Certificate, // Whatever issuers the node names: it knows none.
                RemoteCertificateValidationCallback = (_, certificate, chain, errors) => tls.CustomValidator!(certificate as X509Certificate2, chain, host, errors, NoLogger.Instance),
            },
            cancellationToken);
    }
}
