using System.Collections.Concurrent;
using System.Text.Json;
using OpenCode.Actors.EndToEnd.Harness;

namespace OpenCode.Actors.EndToEnd.Crashes;

/// <summary>What a server said yes to, written down by the client, and checked against whatever server comes after it.</summary>
internal sealed class Acknowledged
{
    private readonly ConcurrentDictionary<string, string> _titles = new();
    private readonly ConcurrentDictionary<string, (string Session, string Text)> _messages = new();
    private readonly ConcurrentDictionary<string, byte> _deleted = new();

    public int Count => _titles.Count + _messages.Count + _deleted.Count;

    /// <summary>Copies what is written down so far.</summary>
    public Acknowledged Copy()
    {
        var copy = new Acknowledged();
        foreach (var (session, title) in _titles)
            copy._titles[session] = title;
        foreach (var (id, message) in _messages)
            copy._messages[id] = message;
        foreach (var (session, _) in _deleted)
            copy._deleted[session] = 1;

        return copy;
    }

    /// <summary>Creates, prompts, renames, deletes until the server is gone; only what was answered counts.</summary>
    public async Task WorkAsync(Uri root, int seed)
    {
        var random = new Random(seed);
        using var api = new Api(root);
        var mine = new List<string>();
        try
        {
            while (true)
                await StepAsync(api, random, mine);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or TaskCanceledException)
        {
            // The kill. Whether the last request took effect is open, and not asked for.
        }
    }

    /// <summary>Asserts that everything acknowledged is there.</summary>
    public async Task CheckAsync(Api api)
    {
        var listed = (await api.GetAsync("/session?limit=1000000")).EnumerateArray().ToDictionary(s => s.Text("id")!, s => s.Text("title")!);
        foreach (var (session, title) in _titles.Where(t => !_deleted.ContainsKey(t.Key)))
        {
            Assert.True(listed.TryGetValue(session, out var found), $"Session {session} was acknowledged and is gone.");
            Assert.True(found == title, $"Session {session} was renamed to '{title}' and is called '{found}'.");
        }

        Assert.DoesNotContain(listed.Keys, _deleted.ContainsKey);
        foreach (var session in _messages.Values.Select(m => m.Session).Distinct().Where(s => !_deleted.ContainsKey(s)))
        {
            var found = (await api.MessagesAsync(session)).ToDictionary(m => m.Text("info", "id")!, TextOf);
            foreach (var (id, (_, text)) in _messages.Where(m => m.Value.Session == session))
            {
                Assert.True(found.TryGetValue(id, out var got), $"Message {id} of {session} was acknowledged and is gone.");
                Assert.Equal(text, got);
            }

            Assert.True(await IsClosedAsync(api, session), $"{session} has something running and no run.");
        }
    }

    private static string TextOf(JsonElement message) => string.Concat(message.GetProperty("parts").EnumerateArray().Select(p => p.Text("text")));

    private static async Task<bool> IsClosedAsync(Api api, string session) =>
        await api.StatusAsync(session) == "busy"
        || (await api.MessagesAsync(session)).All(m => m.Text("info", "role") == "user" || m.Has("info", "time", "completed"));

    private async Task StepAsync(Api api, Random random, List<string> mine)
    {
        if (mine.Count == 0 || random.Next(6) == 0)
        {
            var title = $"Session {random.Next()}";
            var id = await api.CreateSessionAsync(new { title });
            _titles[id] = title;
            mine.Add(id);
            return;
        }

        var session = mine[random.Next(mine.Count)];
        switch (random.Next(8))
        {
            case 0:
                var title = $"Renamed {random.Next()}";
                _titles.Remove(session, out _); // Between the two titles both are right.
                await api.CallAsync(HttpMethod.Patch, $"/session/{session}", new { title });
                _titles[session] = title;
                break;
            case 1 when mine.Count > 3:
                mine.Remove(session);
                _titles.Remove(session, out _);
                foreach (var message in _messages.Where(m => m.Value.Session == session))
                    _messages.Remove(message.Key, out _);

                await api.CallAsync(HttpMethod.Delete, $"/session/{session}");
                _deleted[session] = 1;
                break;
            case 2:
                await api.PromptAsync(session, "slow: 5");
                break;
            case 3:
                await api.PublishToastAsync($"{random.Next()}");
                break;
            default:
                var text = $"Note {random.Next()}";
                var answer = await api.PostAsync($"/session/{session}/message", new { noReply = true, parts = new[] { new { type = "text", text } } });
                _messages[answer.Text("info", "id")!] = (session, text);
                break;
        }
    }
}
