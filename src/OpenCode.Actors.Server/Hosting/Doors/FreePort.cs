using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using OpenCode.Actors.Server.Settings;

namespace OpenCode.Actors.Server.Hosting.Doors;

/// <summary>Checks the port before the data folder is changed: a start that cannot listen creates no database.</summary>
internal static class FreePort
{
    /// <summary>Takes the port and releases it. Another process may still take it first: then Kestrel reports the same, later.</summary>
    /// <exception cref="IOException">Something else listens there; as Kestrel says it.</exception>
    /// <exception cref="SocketException">It is no address of this machine, or this user may not use the port.</exception>
    public static void Check(ServeSettings settings)
    {
        var address = settings.IsLocalName ? IPAddress.Loopback : IPAddress.Parse(settings.Hostname);
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, settings.Port));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new IOException(e.Message, new AddressInUseException(e.Message, e));
        }
    }
}
