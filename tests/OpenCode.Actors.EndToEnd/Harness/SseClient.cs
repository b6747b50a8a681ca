using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OpenCode.Actors.EndToEnd.Harness;

/// <summary>A client of an event stream on a bare socket. It keeps every frame, refuses what is not SSE, and knows how the stream ended.</summary>
internal sealed class SseClient : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly CancellationTokenSource _leave = new();
    private readonly List<SseFrame> _frames = [];
    private readonly Action<SseFrame>? _onFrame;
    private int _left;

    private SseClient(Socket socket, HttpResponseReader response, Action<SseFrame>? onFrame)
    {
        _socket = socket;
        _onFrame = onFrame;
        Response = response;
        Ended = Task.Run(ReadAsync);
    }

    public HttpResponseReader Response { get; }

    /// <summary>Gets how the stream ended, once it did.</summary>
    public Task<StreamEnd> Ended { get; }

    public int LocalPort => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    /// <summary>Gets the frames so far.</summary>
    public IReadOnlyList<SseFrame> Frames
    {
        get
        {
            lock (_frames)
                return [.. _frames];
        }
    }

    /// <summary>Gets the events of the log among the frames: no connected, heartbeat or gap.</summary>
    public IReadOnlyList<SseFrame> Events => [.. Frames.Where(f => !f.IsOfTheStream)];

    /// <summary>Gets the id that a client would come back with.</summary>
    public string? LastEventId => Frames.LastOrDefault(f => f.Id is not null)?.Id;

    /// <summary>Connects and reads the head of the response.</summary>
    /// <param name="onFrame">Called for each frame instead of keeping it: for floods.</param>
    /// <param name="pause">How long it leaves its socket alone before each read.</param>
    public static async Task<SseClient> ConnectAsync(
        Uri root, string path = "/event", string? lastEventId = null, string? authorization = null, string version = "1.1", string headers = "", Action<SseFrame>? onFrame = null,
        TimeSpan pause = default)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(IPAddress.Parse(root.Host), root.Port);
            var request = $"GET {path} HTTP/{version}\r\nHost: {root.Authority}\r\nAccept: text/event-stream\r\n{headers}"
                + (lastEventId is null ? string.Empty : $"Last-Event-ID: {lastEventId}\r\n")
                + (authorization is null ? string.Empty : $"Authorization: {authorization}\r\n")
                + "\r\n";
            await socket.SendAsync(Encoding.ASCII.GetBytes(request));
            var response = new HttpResponseReader(socket);
            using var limit = new CancellationTokenSource(Eventually.Generous);
            await response.ReadHeadAsync(limit.Token);
            response.Pause = pause;
            return new SseClient(socket, response, onFrame);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Waits for the first frame from number <paramref name="from"/> on that fits.</summary>
    public async Task<SseFrame> WaitForAsync(Func<SseFrame, bool> fits, string what, int from = 0, TimeSpan? limit = null)
    {
        var clock = Stopwatch.StartNew();
        for (var at = from; ;)
        {
            var ended = Ended.IsCompleted; // Looked at before the frames: what came before the end has been kept.
            SseFrame? next = null;
            lock (_frames)
            {
                while (at < _frames.Count && next is null)
                {
                    next = fits(_frames[at]) ? _frames[at] : null;
                    at++;
                }
            }

            if (next is not null)
                return next;

            Assert.False(ended, $"The stream ended ({(ended ? Ended.Exception?.GetBaseException().Message ?? Ended.Result.ToString() : null)}) before: {what}. {Tail()}");
            Assert.True(clock.Elapsed < (limit ?? Eventually.Generous), $"Waited {clock.Elapsed.TotalSeconds:0.0} s in vain for: {what}. {Tail()}");
            await Task.Delay(5);
        }
    }

    public Task<SseFrame> WaitForTypeAsync(string type, string? session = null, int from = 0) =>
        WaitForAsync(f => f.Type == type && (session is null || f.Session == session), $"{type} of {session ?? "anyone"}", from);

    /// <summary>Leaves as a crashed client does: the connection is reset.</summary>
    public async Task ResetAsync()
    {
        _socket.LingerState = new LingerOption(true, 0);
        await DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _left, 1) != 0)
            return;

        await _leave.CancelAsync();
        _socket.Dispose();
        await Task.WhenAny(Ended);
        _leave.Dispose();
    }

    private string Tail() => "Last frames: " + string.Join(" | ", Frames.TakeLast(5));

    private async Task<StreamEnd> ReadAsync()
    {
        var parser = new SseReader(Response);
        try
        {
            while (await parser.NextAsync(_leave.Token) is { } frame)
            {
                if (_onFrame is not null)
                {
                    _onFrame(frame);
                    continue;
                }

                lock (_frames)
                    _frames.Add(frame);
            }

            return StreamEnd.Clean;
        }
        catch (Exception) when (_leave.IsCancellationRequested)
        {
            return StreamEnd.Left;
        }
        catch (EndOfStreamException)
        {
            return StreamEnd.Cut;
        }
        catch (SocketException)
        {
            return StreamEnd.Reset;
        }
    }
}
