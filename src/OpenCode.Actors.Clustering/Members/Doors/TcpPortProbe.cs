using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Akka.Actor;
using Akka.Event;
using Akka.Remote.Transport.DotNetty;

namespace OpenCode.Actors.Clustering.Members.Doors;

/// <summary>Connects by TCP and TLS.</summary>
/// <remarks>
/// The handshake is completed: Akka logs one that is broken off as an error of the node that was asked. It also tells the node from a program
/// that only forwards the port of a node that has ended. Only a refused connection is an answer at once: any other failure may come from a living node too, so it is tried again until the limit.
/// </remarks>
/// <param name="time">The clock of the limit.</param>
/// <param name="tls">The key of this node, and which keys it accepts; null where nodes speak plain TCP.</param>
internal sealed class TcpPortProbe(TimeProvider time, DotNettySslSetup? tls) : IPortProbe
{
    private static readonly TimeSpan _linger = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _again = TimeSpan.FromMilliseconds(100);

    /// <inheritdoc/>
    public async ValueTask<PortAnswer> AskAsync(Address address, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (address is not { Host: { } host, Port: { } port })
            return PortAnswer.Silent;

        using var deadline = new CancellationTokenSource(limit, time);
        using var given = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            while (true)
            {
                if (await ConnectAsync(host, port, given.Token) is { } answer)
                    return answer;
                await Task.Delay(_again, time, given.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return PortAnswer.Silent; // Nothing in time.
        }
    }

    // Null where another try may tell more.
    private async Task<PortAnswer?> ConnectAsync(string host, int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        PortAnswer? answer = null;
        try
        {
            await socket.ConnectAsync(host, port, cancellationToken);
            if (tls is not null)
                await ShakeHandsAsync(socket, host, tls, cancellationToken);
            answer = PortAnswer.Accepts;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            answer = PortAnswer.Refuses;
        }
        catch (SocketException)
        {
            // No way there at the moment.
        }
        catch (IOException)
        {
            // It takes connections and closes them: a node that is busy or stops, or a program that is before one that has ended.
        }
        catch (AuthenticationException)
        {
            answer = PortAnswer.Accepts; // A node with another secret, or something else: it lives.
        }
        finally
        {
            _ = EndAsync(socket, answer);
        }

        return answer;
    }

    // The node that was asked is at the end of the handshake a moment later, and would take the end of the connection for a failure.
    private async Task EndAsync(Socket socket, PortAnswer? answer)
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
