using OpenCode.Actors.EndToEnd.Harness;

namespace OpenCode.Actors.EndToEnd.Front;

/// <summary>A client of one stream that comes back with its last id each time the stream is cut, as SDK clients and browsers do, and keeps what all its connections saw.</summary>
internal sealed class ReturningClient : IAsyncDisposable
{
    private static readonly TimeSpan _retry = TimeSpan.FromMilliseconds(100);

    private readonly Uri _root;
    private readonly string _path;
    private readonly CancellationTokenSource _leave = new();
    private readonly List<SseClient> _connections = [];
    private readonly Task _running;

    private ReturningClient(Uri root, string path, SseClient first)
    {
        (_root, _path) = (root, path);
        _connections.Add(first);
        _running = Task.Run(() => RunAsync(first));
    }

    /// <summary>Gets the frames of all connections, in order.</summary>
    public IReadOnlyList<SseFrame> Frames
    {
        get
        {
            lock (_connections)
                return [.. _connections.SelectMany(c => c.Frames)];
        }
    }

    public int Connections
    {
        get
        {
            lock (_connections)
                return _connections.Count;
        }
    }

    public static async Task<ReturningClient> ConnectAsync(Uri root, string path = "/event")
    {
        var first = await SseClient.ConnectAsync(root, path);
        Assert.Equal(200, first.Response.Status);
        return new ReturningClient(root, path, first);
    }

    public Task WaitForAsync(Func<SseFrame, bool> fits, string what) => Eventually.TrueAsync(() => _running.IsFaulted || Frames.Any(fits), what).ContinueWith(
        waited => _running.IsFaulted ? _running : waited, TaskScheduler.Default).Unwrap();

    public Task WaitForTypeAsync(string type, string session) => WaitForAsync(f => f.Type == type && f.Session == session, $"{type} of {session}");

    public async ValueTask DisposeAsync()
    {
        await _leave.CancelAsync();
        SseClient[] open;
        lock (_connections)
            open = [.. _connections];
        foreach (var connection in open)
            await connection.DisposeAsync();
        await Task.WhenAny(_running);
        _leave.Dispose();
    }

    private async Task RunAsync(SseClient connection)
    {
        while (true)
        {
            var end = await connection.Ended;
            if (_leave.IsCancellationRequested)
                return;

            Assert.NotEqual(StreamEnd.Clean, end); // SDK clients would stop for good
            await Task.Delay(_retry);
            connection = await SseClient.ConnectAsync(_root, _path, LastId());
            Assert.Equal(200, connection.Response.Status); // and native EventSource after another status
            lock (_connections)
                _connections.Add(connection);
            if (_leave.IsCancellationRequested)
                await connection.DisposeAsync();
        }
    }

    private string? LastId() => Frames.LastOrDefault(f => f.Id is not null)?.Id;
}
