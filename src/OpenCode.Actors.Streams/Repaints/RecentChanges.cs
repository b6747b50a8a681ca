using System.Text.Json;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Events;

namespace OpenCode.Actors.Streams.Repaints;

/// <summary>What changed lately, folded from the log: for each session, message and part the last event, with the deltas behind it joined to its text.</summary>
/// <remarks>Exact at <see cref="Through"/> (rule "A repaint names its position"): a stream that shows it goes on right there, and gets no delta twice. For one thread at a time.</remarks>
/// <param name="window">How far back it goes.</param>
/// <param name="mostBytes">How much it holds when it is finished; the oldest messages leave first.</param>
internal sealed class RecentChanges(TimeSpan window, int mostBytes)
{
    private readonly Dictionary<string, PaintedSession> _sessions = new(StringComparer.Ordinal);

    /// <summary>Gets the last offset that is folded in.</summary>
    public long Through { get; private set; }

    /// <summary>Begins anew behind an offset.</summary>
    public void StartAfter(long offset)
    {
        _sessions.Clear();
        Through = offset;
    }

    /// <summary>Folds one entry in, the next of the log.</summary>
    public void Add(LogEntry entry)
    {
        Through = entry.Offset;
        if (entry.SessionId is not { } sessionId)
            return;

        switch (entry.Type)
        {
            case EventTypes.SessionDeleted:
                _sessions.Remove(sessionId);
                Whole(entry, sessionId, "0");
                break;
            case EventTypes.SessionCreated or EventTypes.SessionUpdated:
                Whole(entry, sessionId, "0");
                break;
            case EventTypes.SessionStatus:
                Whole(entry, sessionId, "1");
                break;
            case EventTypes.TodoUpdated or EventTypes.SessionDiff:
                Whole(entry, sessionId, entry.Type);
                break;
            case EventTypes.PermissionReplied or EventTypes.QuestionReplied or EventTypes.QuestionRejected when Ids(entry) is { RequestId: { } request }:
                Whole(entry, sessionId, request);
                break;
            case EventTypes.MessageUpdated or EventTypes.MessageRemoved or EventTypes.PartUpdated or EventTypes.PartRemoved or EventTypes.PartDelta:
                AddToMessage(entry, sessionId);
                break;
        }
    }

    /// <summary>Moves on without an entry, and drops changes that are old or too many.</summary>
    public void FinishAt(long offset, DateTimeOffset now)
    {
        Through = offset;
        Trim(now, mostBytes);
    }

    /// <summary>Removes what is older than the window, then the oldest sessions and messages until the rest fits.</summary>
    /// <param name="now">The end of the window.</param>
    /// <param name="most">How much may stay, in bytes.</param>
    public void Trim(DateTimeOffset now, int most)
    {
        if (_sessions.Count == 0)
            return;

        var oldest = now - window;
        foreach (var (id, session) in _sessions)
        {
            foreach (var (message, _) in session.Messages.Where(pair => pair.Value.At < oldest).ToList())
                session.Messages.Remove(message);
            if (session.At < oldest)
                _sessions.Remove(id);
        }

        var left = most;
        foreach (var (id, session) in _sessions.OrderByDescending(static pair => pair.Value.Offset).ToList())
        {
            left -= session.Bytes;
            if (left < 0)
                _sessions.Remove(id);
        }

        foreach (var (session, id, message) in _sessions.Values.SelectMany(static s => s.Messages.Select(m => (s, m.Key, m.Value))).OrderByDescending(static one => one.Value.Offset).ToList())
        {
            left -= message.Bytes;
            if (left < 0)
                session.Messages.Remove(id);
        }
    }

    /// <summary>Lists what a client gets, the session that changed last at the end.</summary>
    public IEnumerable<Upsert> Select(EntryFilter filter) =>
        _sessions.Values.OrderBy(static session => session.Offset).SelectMany(static session => session.Upserts).Where(upsert => upsert.IsIn(filter));

    private static EntryIds Ids(LogEntry entry)
    {
        using var json = JsonDocument.Parse(entry.Properties);
        var root = json.RootElement;
        var (owner, delta) = entry.Type switch
        {
            EventTypes.MessageUpdated => (root.TryGetProperty("info", out var info) ? info : default, null),
            EventTypes.PartUpdated => (root.TryGetProperty("part", out var part) ? part : default, null),
            EventTypes.PartDelta => (root, Text(root, "delta")),
            _ => (root, (string?)null),
        };
        return entry.Type switch
        {
            EventTypes.MessageUpdated => new EntryIds(Text(owner, "id"), null, null, null),
            EventTypes.PartUpdated => new EntryIds(Text(owner, "messageID"), Text(owner, "id"), null, null),
            _ => new EntryIds(Text(owner, "messageID"), Text(owner, "partID"), delta, Text(owner, "requestID")),
        };
    }

    private static string? Text(JsonElement owner, string name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private PaintedSession Touch(LogEntry entry, string sessionId)
    {
        if (!_sessions.TryGetValue(sessionId, out var session))
            _sessions[sessionId] = session = new PaintedSession();
        (session.Offset, session.At) = (entry.Offset, entry.At);
        return session;
    }

    private void Whole(LogEntry entry, string sessionId, string key) => Touch(entry, sessionId).Wholes[key] = Upsert.Of(entry);

    private void AddToMessage(LogEntry entry, string sessionId)
    {
        var ids = Ids(entry);
        if (ids.MessageId is not { } messageId)
            return;

        var session = Touch(entry, sessionId);
        if (!session.Messages.TryGetValue(messageId, out var message) || entry.Type == EventTypes.MessageRemoved)
            session.Messages[messageId] = message = new PaintedMessage();
        (message.Offset, message.At) = (entry.Offset, entry.At);
        if (ids.PartId is not { } partId)
            message.Info = Upsert.Of(entry);
        else if (entry.Type != EventTypes.PartDelta)
            message.Parts[partId] = Upsert.Of(entry);
        else if (message.Parts.TryGetValue(partId, out var part) && ids.Delta is { } delta)
            part.Grow(delta); // Of a part whose beginning is not here nothing can be said.
    }

    private sealed record EntryIds(string? MessageId, string? PartId, string? Delta, string? RequestId);
}
