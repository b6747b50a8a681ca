using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using OpenCode.Actors.EndToEnd.Harness;

namespace OpenCode.Actors.EndToEnd.Cluster.Faults;

/// <summary>Users who work through any node, whatever happens to it, and remember what was said yes to.</summary>
internal sealed class Workload(IReadOnlyList<FaultyNode> nodes, History history) : IDisposable
{
    // Nobody waits longer for a node that has been cut off in the middle of an answer.
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(1) }) { Timeout = TimeSpan.FromSeconds(15) };
    private readonly ConcurrentDictionary<string, (string Session, string Text)> _notes = new();
    private int _acknowledged;
    private readonly ConcurrentQueue<(DateTime At, bool Is503, string Said)> _refusals = new();

    // Longer than any restart keeps a session away.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(20);

    public List<string> Sessions { get; } = [];

    /// <summary>Gets a value indicating whether a command that is not taken is given to the next node, under the same name, until it is: nobody may fail then.</summary>
    public bool IsInsisting { get; init; }

    /// <summary>Gets how many commands were said yes to.</summary>
    public int Acknowledged => _acknowledged;

    /// <summary>Gets how many were not taken, because a node was gone or said 503.</summary>
    public int Unavailable => _refusals.Count;

    /// <summary>Gets what was said, and when (UTC), each time that one was not taken.</summary>
    public IReadOnlyCollection<(DateTime At, bool Is503, string Said)> Refusals => _refusals;

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
            var (node, session) = (nodes[random.Next(nodes.Count)], Sessions[random.Next(Sessions.Count)]);
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
                    var text = $"Note {random.Next()}";
                    if (await SendAsync(node, HttpMethod.Post, $"/session/{session}/message", new { noReply = true, parts = new[] { new { type = "text", text } } }) is { } answer)
                        _notes[answer.Text("info", "id")!] = (session, text);

                    break;
            }
        }
    }

    /// <summary>Writes to a session until that succeeds: through one node, and where that does not take it through the next, as behind a balancer.</summary>
    /// <returns>How long that took.</returns>
    public async Task<TimeSpan> WriteAsync(IReadOnlyList<FaultyNode> through, int first, string session)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        for (var i = first; await SendAsync(through[i % through.Count], HttpMethod.Patch, $"/session/{session}", new { title = $"Written {clock.ElapsedTicks}" }) is null; i++)
            await Task.Delay(10);

        return clock.Elapsed;
    }

    /// <summary>Blames every note that was said yes to and is not there.</summary>
    public async Task CheckAsync()
    {
        foreach (var ofSession in _notes.GroupBy(n => n.Value.Session))
        {
            var node = nodes[ofSession.Key.GetHashCode(StringComparison.Ordinal) is var h && h < 0 ? ~h % nodes.Count : h % nodes.Count];
            var found = await SendAsync(node, HttpMethod.Get, $"/session/{ofSession.Key}/message");
            var texts = found?.EnumerateArray().ToDictionary(m => m.Text("info", "id")!, m => string.Concat(m.GetProperty("parts").EnumerateArray().Select(p => p.Text("text"))));
            foreach (var (id, (session, text)) in ofSession)
            {
                if (texts?.GetValueOrDefault(id) != text)
                    history.Blame($"'{text}' ({id}) of {session} was acknowledged and is '{texts?.GetValueOrDefault(id)}'.");
            }
        }
    }

    public void Dispose() => _http.Dispose();

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
                history.Blame($"{method} {path} was taken by nobody in {_patience.TotalSeconds:0} s.");
                return null;
            }

            at = (at + 1) % nodes.Count;
            await Task.Delay(50);
        }
    }

    /// <summary>Sends a command to one node.</summary>
    /// <returns>The answer; null when the node was not there, or said that it cannot answer now. Anything else is a fault.</returns>
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
