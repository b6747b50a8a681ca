using System.Collections.Concurrent;
using System.Text.Json;
using OpenCode.Actors.EndToEnd.Harness;

namespace OpenCode.Actors.EndToEnd.Cluster.Faults;

/// <summary>What was sent and what was acknowledged: an acknowledged command has its effect once and for ever, any other has it once at most.</summary>
internal sealed class Acknowledgements(History history)
{
    private readonly ConcurrentDictionary<string, string> _notes = new();
    private readonly ConcurrentDictionary<string, (string Session, string Text)> _acknowledged = new();
    private readonly ConcurrentDictionary<string, (string? Acknowledged, HashSet<string> Unanswered)> _titles = new();

    /// <summary>Remembers a note, whose text is unlike all others, before it is sent.</summary>
    public void NoteSent(string session, string text) => _notes[text] = session;

    public void NoteAcknowledged(string session, string id, string text) => _acknowledged[id] = (session, text);

    /// <summary>Remembers a title, unlike all others, before it is sent. One writer at a time a session.</summary>
    public void TitleSent(string session, string title) => _titles.GetOrAdd(session, _ => (null, [])).Unanswered.Add(title);

    /// <summary>From now on the session has this title, or one that was sent and never answered: that one may be carried out late.</summary>
    public void TitleAcknowledged(string session, string title)
    {
        var unanswered = _titles[session].Unanswered;
        unanswered.Remove(title);
        _titles[session] = (title, unanswered);
    }

    /// <summary>Blames every acknowledged command without its effect, and every command with more than one.</summary>
    /// <param name="sessions">The sessions.</param>
    /// <param name="readAsync">Reads a path through any node; null when no node answers.</param>
    public async Task CheckAsync(IEnumerable<string> sessions, Func<string, Task<JsonElement?>> readAsync)
    {
        foreach (var session in sessions)
        {
            if (await readAsync($"/session/{session}/message") is not { } messages || await readAsync($"/session/{session}") is not { } info)
            {
                history.Blame($"{session} cannot be read.");
                continue;
            }

            CheckNotes(session, messages);
            if (_titles.TryGetValue(session, out var titles) && titles.Acknowledged is { } expected && info.Text("title") is var title && title != expected && !titles.Unanswered.Contains(title!))
                history.Blame($"{session} has the title '{title}', but '{expected}' was acknowledged last.");
        }
    }

    private void CheckNotes(string session, JsonElement messages)
    {
        var byId = messages.EnumerateArray().ToDictionary(m => m.Text("info", "id")!, m => string.Concat(m.GetProperty("parts").EnumerateArray().Select(p => p.Text("text"))));
        foreach (var (id, (_, text)) in _acknowledged.Where(note => note.Value.Session == session))
        {
            if (byId.GetValueOrDefault(id) != text)
                history.Blame($"'{text}' ({id}) of {session} was acknowledged and is '{byId.GetValueOrDefault(id)}'.");
        }

        foreach (var doubled in byId.Values.Where(_notes.ContainsKey).GroupBy(text => text).Where(copies => copies.Count() > 1))
            history.Blame($"'{doubled.Key}' of {session} was carried out {doubled.Count()} times.");
    }
}
