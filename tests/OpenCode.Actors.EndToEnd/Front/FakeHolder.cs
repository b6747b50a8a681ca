using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OpenCode.Actors.EndToEnd.Front;

/// <summary>Listens where a front looks for its holder, reads one request from each connection, sends a given answer, and closes.</summary>
internal sealed class FakeHolder : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<string> _requests = [];
    private readonly string _answer;
    private readonly Task _serving;

    /// <summary>Begins to listen.</summary>
    /// <param name="answer">What each request gets; empty: nothing.</param>
    public FakeHolder(string answer = "")
    {
        _answer = answer;
        _listener.Start();
        _serving = ServeAsync();
    }

    public string Url => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>Gets the heads of the requests so far, but for those by which the front watches it.</summary>
    public IReadOnlyList<string> Requests
    {
        get
        {
            lock (_requests)
                return [.. _requests];
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _serving;
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var socket = await _listener.AcceptSocketAsync();
                await AnswerAsync(socket);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It was disposed of.
        }
    }

    private async Task AnswerAsync(Socket socket)
    {
        var buffer = new byte[16 * 1024];
        var head = "";
        while (!head.Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await socket.ReceiveAsync(buffer) is not (> 0 and var count))
                return;
            head += Encoding.Latin1.GetString(buffer, 0, count);
        }

        lock (_requests)
        {
            if (!head.StartsWith("GET /health/live ", StringComparison.Ordinal))
                _requests.Add(head);
        }

        await socket.SendAsync(Encoding.Latin1.GetBytes(_answer));
        socket.Shutdown(SocketShutdown.Both);
    }
}
