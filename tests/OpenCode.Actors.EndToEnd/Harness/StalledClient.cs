using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OpenCode.Actors.EndToEnd.Harness;

/// <summary>A client that asks for a stream and never reads a byte of it.</summary>
internal sealed class StalledClient : IDisposable
{
    private readonly Socket _socket;
    private readonly int _serverPort;

    private StalledClient(Socket socket, int serverPort) => (_socket, _serverPort) = (socket, serverPort);

    /// <summary>Gets a value indicating whether the server has closed: its own end of the connection is no longer established. The client cannot tell while its window is full.</summary>
    public bool IsEnded
    {
        get
        {
            const string Established = "01";
            var ours = ((IPEndPoint)_socket.LocalEndPoint!).Port;
            var (server, client) = ($":{_serverPort.ToString("X4", CultureInfo.InvariantCulture)}", $":{ours.ToString("X4", CultureInfo.InvariantCulture)}");
            return !File.ReadLines("/proc/net/tcp").Concat(File.ReadLines("/proc/net/tcp6"))
                .Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Any(f => f[1].EndsWith(server, StringComparison.Ordinal) && f[2].EndsWith(client, StringComparison.Ordinal) && f[3] == Established);
        }
    }

    /// <summary>Gets how many bytes lie in the socket.</summary>
    public int Available => _socket.Available;

    public static async Task<StalledClient> ConnectAsync(Uri root, string path, int receiveBytes = 4_096)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = receiveBytes };
        await socket.ConnectAsync(IPAddress.Loopback, root.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {root.Authority}\r\n\r\n"));
        return new StalledClient(socket, root.Port);
    }

    /// <summary>Reads what has arrived, and waits for nothing.</summary>
    public string ReadAvailable()
    {
        var bytes = new byte[_socket.Available];
        return Encoding.UTF8.GetString(bytes, 0, _socket.Receive(bytes));
    }

    public void Dispose() => _socket.Dispose();
}
