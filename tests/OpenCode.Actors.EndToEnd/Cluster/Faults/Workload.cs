using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using OpenCode.Actors.EndToEnd.Harness;

namespace OpenCode.Actors.EndToEnd.Cluster.Faults;

/// <summary>Users that work through any node, whatever happens to it, and record what was acknowledged.</summary>
internal sealed class Workload(IReadOnlyList<FaultyNode> nodes, History history) : IDisposable
{
    // A user gives up on a node that was cut off in the middle of an answer.
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(1) }) { Timeout = TimeSpan.FromSeconds(15) };
    private readonly ConcurrentQueue<(DateTime At, bool Is503, string Answer)> _refusals = new();
    private readonly Acknowledgements _acknowledgements = new(history);
    private int _acknowledged;
    private int _written;

    // Longer than any restart keeps a session unavailable.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    // Longer than a node takes to be declared dead and started again.
    private static readonly TimeSpan _writePatience = TimeSpan.FromSeconds(120);

    public List<string> Sessions { get; } = [];

    /// <summary>Gets how many of the first sessions never have a turn: their outages are measured.</summary>
    public int IdleSessions { get; init; }

    /// <summary>Gets a value indicating whether a command that is refused is given to the next node, under the same name, until it is taken: none may fail then.</summary>
    public bool IsInsisting { get; init; }

    /// <summary>Gets how many commands were acknowledged.</summary>
    public int Acknowledged => _acknowledged;

    /// <summary>Gets how many were not taken, because a node was gone or answered 503.</summary>
    public int Unavailable => _refusals.Count;

    /// <summary>Gets the answer, and its time (UTC), of each command that was not taken.</summary>
    public IReadOnlyCollection<(DateTime At, bool Is503, string Answer)> Refusals => _refusals;

    public async Task CreateSessionsAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            JsonElement? created;
            while ((created = await SendAsync(nodes[i % nodes.Count], HttpMethod.Post, "/session", new { title = $"Session {i}" })) is null)
                await Task.Delay(100);

            Sessions.Add(created.Value.Text("id")!);
        }
    }

    public async Task WorkAsync(int seed, CancellationToken stop)
    {
        var random = new Random(seed);
        while (!stop.IsCancellationRequested)
        {
            await Task.Delay(random.Next(1_000, 3_000), CancellationToken.None);
            var node = nodes[random.Next(nodes.Count)];
            var session = Sessions[random.Next(IdleSessions, Sessions.Count)];
            switch (random.Next(8))
            {
                case 0:
                    await SendAsync(node, HttpMethod.Post, $"/session/{session}/message", Prompt("run: echo $((6 * 7))"));
                    break;
                case 1 or 2:
                    await SendAsync(node, HttpMethod.Post, $"/session/{session}/prompt_async", Prompt($"slow: {random.Next(5, 40)}"));
                    break;
                case 3:
                    await SendAsync(node, HttpMethod.Post, $"/session/{session}/abort");
                    break;
                default:
                    var text = $"Note {Guid.NewGuid():N}";
                    var noted = Sessions[random.Next(Sessions.Count)];
                    _acknowledgements.NoteSent(noted, text);
                    if (await SendAsync(node, HttpMethod.Post, $"/session/{noted}/message", new { noReply = true, parts = new[] { new { type = "text", text } } }) is { } answer)
                        _acknowledgements.NoteAcknowledged(noted, answer.Text("info", "id")!, text);

                    break;
            }
        }
    }

    /// <summary>Writes to a session until that succeeds: through one node, and where that refuses through the next, as behind a balancer. One at a time a session.</summary>
    /// <returns>How long that took.</returns>
    public async Task<TimeSpan> WriteAsync(IReadOnlyList<FaultyNode> through, int first, string session)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        for (var i = first; ; i++)
        {
            var title = $"Written {Interlocked.Increment(ref _written)}";
            _acknowledgements.TitleSent(session, title);
            if (await SendAsync(through[i % through.Count], HttpMethod.Patch, $"/session/{session}", new { title }) is not null)
            {
                _acknowledgements.TitleAcknowledged(session, title);
                return clock.Elapsed;
            }

            Assert.True(clock.Elapsed < _writePatience, $"{session} could not be written to for {_writePatience.TotalSeconds:0} s. The last answers: {string.Join('\n', _refusals.TakeLast(3).Select(static refusal => refusal.Answer))}");
            await Task.Delay(10);
        }
    }

    /// <summary>Checks every session against what was acknowledged.</summary>
    public Task CheckAsync()
    {
        var next = 0;
        return _acknowledgements.CheckAsync(Sessions, path => ReadAsync(next++, path));
    }

    public void Dispose() => _http.Dispose();

    // Through any node, the next one where one is gone.
    private async Task<JsonElement?> ReadAsync(int first, string path)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        for (var i = first; clock.Elapsed < _patience; i++)
        {
            if (await TrySendAsync(nodes[i % nodes.Count], HttpMethod.Get, path, body: null, Guid.NewGuid()) is { } answer)
                return answer;

            await Task.Delay(50);
        }

        return null;
    }

    private static object Prompt(string text) => new { parts = new[] { new { type = "text", text } } };

    private async Task<JsonElement?> SendAsync(FaultyNode node, HttpMethod method, string path, object? body = null)
    {
        var (name, clock, at) = (Guid.NewGuid(), System.Diagnostics.Stopwatch.StartNew(), nodes.ToList().IndexOf(node));
        while (true)
        {
            if (await TrySendAsync(nodes[at], method, path, body, name) is { } answer)
                return answer;

            if (!IsInsisting)
                return null;

            if (clock.Elapsed > _patience)
            {
                history.Blame($"{method} {path} was taken by no node in {_patience.TotalSeconds:0} s.");
                return null;
            }

            at = (at + 1) % nodes.Count;
            await Task.Delay(50);
        }
    }

    /// <summary>Sends a command to one node.</summary>
    /// <returns>The answer; null when the node was gone, or answered 503. Any other status is a fault.</returns>
    private async Task<JsonElement?> TrySendAsync(FaultyNode node, HttpMethod method, string path, object? body, Guid name)
    {
        try
        {
            using var request = new HttpRequestMessage(method, new Uri(node.Root, path)) { Content = body is null ? null : JsonContent.Create(body) };
            request.Headers.Add("Idempotency-Key", $"{name}");
            using var response = await _http.SendAsync(request);
            var text = await response.Content.ReadAsStringAsync();
            if (response.StatusCode is HttpStatusCode.OK or HttpStatusCode.NoContent)
            {
                Interlocked.Increment(ref _acknowledged);
                return text.Length == 0 ? default(JsonElement) : JsonDocument.Parse(text).RootElement;
            }

            _refusals.Enqueue((DateTime.UtcNow, response.StatusCode == HttpStatusCode.ServiceUnavailable, $"{node.Name}: {method} {path}: {(int)response.StatusCode} {text}"));
            if (response.StatusCode != HttpStatusCode.ServiceUnavailable)
                history.Blame($"{node.Name}: {method} {path}: {(int)response.StatusCode} {text}");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or TaskCanceledException)
        {
            _refusals.Enqueue((DateTime.UtcNow, false, $"{node.Name}: {method} {path}: {e.Message}")); // the node is gone, or frozen
        }

        return null;
    }
}
