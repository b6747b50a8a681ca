using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OpenCode.Actors.EndToEnd.Harness;

/// <summary>An answer to bytes that no well-behaved client would send.</summary>
internal sealed record RawAnswer(int Status, string Head, string Body);

/// <summary>Sends requests byte for byte, each on a connection of its own.</summary>
internal static class RawHttp
{
    /// <summary>Sends a request and reads its answer; never longer than <see cref="Eventually.Generous"/>.</summary>
    /// <param name="headers">Lines, each with its CR LF; a Host line is added when they do not begin with one.</param>
    public static Task<RawAnswer> SendAsync(Uri root, string method, string path, string headers = "", byte[]? body = null)
    {
        var host = headers.StartsWith("Host:", StringComparison.Ordinal) ? string.Empty : $"Host: {root.Authority}\r\n";
        var length = body is null ? string.Empty : $"Content-Length: {body.Length}\r\n";
        var head = Encoding.Latin1.GetBytes($"{method} {path} HTTP/1.1\r\n{host}{headers}{length}Connection: close\r\n\r\n");
        return SendAsync(root, [.. head, .. body ?? []]);
    }

    public static async Task<RawAnswer> SendAsync(Uri root, byte[] request)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Parse(root.Host), root.Port);
        using var limit = new CancellationTokenSource(Eventually.Generous);
        try
        {
            await socket.SendAsync(request, limit.Token);
        }
        catch (SocketException)
        {
            // The server answered and closed before it had read all: its answer is what counts.
        }

        var response = new HttpResponseReader(socket);
        await response.ReadHeadAsync(limit.Token);
        var isStream = response.Headers.TryGetValue("Content-Type", out var type) && type.StartsWith("text/event-stream", StringComparison.Ordinal);
        return new RawAnswer(response.Status, response.Head, isStream ? string.Empty : await response.ReadTextAsync(limit.Token));
    }
}
