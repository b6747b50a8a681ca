using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace OpenCode.Actors.Benchmarks.Postgres;

/// <summary>A client of <c>/global/event</c> on a bare socket.</summary>
internal sealed class StreamArrivals(Socket socket) : INodeWork
{
    public const string Kind = "arrive stream";

    private const int Patience = 2;

    public static async Task<StreamArrivals> OpenAsync(NodeTask task)
    {
        var address = new Uri(task.Target);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(address.Host, address.Port);

        // HTTP/1.0: the body comes without chunks, so that no mark is cut by the head of one.
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET /global/event HTTP/1.0\r\nHost: {address.Authority}\r\nAccept: text/event-stream\r\n\r\n"));
        var buffer = new byte[64 * 1024];
        var text = "";
        while (!text.Contains("server.connected", StringComparison.Ordinal))
        {
            var count = await socket.ReceiveAsync(buffer);
            text += count > 0 ? Encoding.ASCII.GetString(buffer, 0, count) : throw new InvalidOperationException($"The server ended the stream: {text}");
        }

        return new(socket);
    }

    public async Task<NodeAnswer> RunAsync(NodeTask task, long begin)
    {
        var arrivals = new Arrivals(task.Events);
        var buffer = new byte[1024 * 1024];
        var kept = 0;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(Patience * task.Seconds));
        try
        {
            while (!arrivals.IsComplete)
            {
                var count = await socket.ReceiveAsync(buffer.AsMemory(kept), limit.Token);
                var now = Stopwatch.GetTimestamp();
                if (count == 0)
                    break;

                kept = Take(buffer.AsSpan(0, kept + count), arrivals, now);
            }
        }
        catch (OperationCanceledException)
        {
            // The answer says what is missing.
        }

        return arrivals.Answer();
    }

    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Takes the events that are whole.</summary>
    /// <returns>How many bytes at the end, moved to the front, may be the beginning of another.</returns>
    private static int Take(Span<byte> received, Arrivals arrivals, long now)
    {
        var rest = received;
        while (rest.IndexOf(BenchmarkEvents.Mark) is >= 0 and var at)
        {
            rest = rest[at..];
            if (rest.Length < BenchmarkEvents.MarkedBytes)
                break;

            arrivals.Add(rest, now);
            rest = rest[BenchmarkEvents.MarkedBytes..];
        }

        if (rest.Length >= BenchmarkEvents.MarkedBytes)
            rest = rest[^(BenchmarkEvents.MarkedBytes - 1)..];
        rest.CopyTo(received);
        return rest.Length;
    }
}
