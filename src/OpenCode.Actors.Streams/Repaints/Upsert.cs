using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Events;
using OpenCode.Actors.Protocol.Sse;

namespace OpenCode.Actors.Streams.Repaints;

/// <summary>The last event about one thing, which says all of it: a client may get it any number of times. Its frames carry no id, are made once, and are shared.</summary>
internal sealed class Upsert
{
    // Wrapper, ids and types of a frame, roughly.
    private const int FrameBytes = 300;

    private readonly byte[] _eventId;
    private readonly string _type;
    private readonly string? _project;
    private readonly byte[] _properties;
    private System.Text.StringBuilder? _text;
    private byte[]? _bare;
    private byte[]? _wrapped;

    private Upsert(byte[] eventId, string type, string? location, string? project, string? sessionId, ReadOnlyMemory<byte> properties)
    {
        // A copy: the log's bytes are pieces of large arrays.
        (_eventId, _type, Location, _project, SessionId, _properties) = (eventId, type, location, project, sessionId, properties.ToArray());
    }

    public string? Location { get; }

    public string? SessionId { get; }

    public int Bytes => _properties.Length + (_text?.Length ?? 0) + FrameBytes;

    public static Upsert Of(LogEntry entry) =>
        new(entry.EventIdUtf8.ToArray(), entry.Type == EventTypes.SessionCreated ? EventTypes.SessionUpdated : entry.Type, entry.Location, entry.Project, entry.SessionId, entry.Properties);

    public static Upsert Of(EntryDraft draft) =>
        new(System.Text.Encoding.UTF8.GetBytes(draft.EventId), draft.Type, draft.Location, draft.Project, draft.SessionId, draft.Properties);

    /// <summary>Puts a delta behind the text of the part.</summary>
    public void Grow(string delta)
    {
        (_text ??= new System.Text.StringBuilder()).Append(delta);
        _bare = _wrapped = null;
    }

    public byte[] Frame(bool wrapped) => wrapped ? _wrapped ??= Encode(wrapped) : _bare ??= Encode(wrapped);

    public bool IsIn(EntryFilter filter) => (filter.Location is null || filter.Location == Location) && (filter.SessionId is null || filter.SessionId == SessionId);

    private byte[] Encode(bool wrapped)
    {
        var properties = Properties();
        var data = new ArrayBufferWriter<byte>(properties.Length + FrameBytes);
        if (wrapped)
            EventEnvelope.WriteWrapped(data, Location, _project, _eventId, _type, properties);
        else
            EventEnvelope.WriteBare(data, _eventId, _type, properties);

        return SseFrame.Build(id: null, data.WrittenSpan);
    }

    private byte[] Properties()
    {
        if (_text is null || JsonNode.Parse(_properties) is not JsonObject root || root["part"] is not JsonObject part)
            return _properties;

        part["text"] = (part["text"]?.GetValue<string>() ?? "") + _text;
        var written = new ArrayBufferWriter<byte>(_properties.Length + _text.Length);
        using (var writer = new Utf8JsonWriter(written, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            root.WriteTo(writer);

        return written.WrittenSpan.ToArray();
    }
}
