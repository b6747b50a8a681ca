using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Events;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Protocol.Sessions;

namespace OpenCode.Actors.Sessions.Index;

/// <summary>Reads the events of the log that the index needs.</summary>
internal static class IndexEventReader
{
    /// <summary>Reads an entry; null when it changes nothing that lists show.</summary>
    /// <exception cref="JsonException">Its properties are not those of its type.</exception>
    public static IndexEvent? Of(LogEntry entry)
    {
        if (entry.SessionId is not { } id)
            return null; // Published by a client, with whatever type and properties it likes.

        var wire = ProtocolJson.Wire;
        object? read = entry.Type switch
        {
            EventTypes.SessionCreated => Entry(Read(entry, wire.SessionCreated).Info),
            EventTypes.SessionUpdated => Entry(Read(entry, wire.SessionUpdated).Info),
            EventTypes.SessionDeleted => Read(entry, wire.SessionDeleted),
            EventTypes.SessionIdle => new SessionIdled(new SessionId(id)),
            EventTypes.SessionStatus => Read(entry, wire.SessionStatusChanged),
            EventTypes.PermissionAsked => Read(entry, wire.PermissionRequest),
            EventTypes.PermissionReplied => Read(entry, wire.PermissionReplied),
            EventTypes.QuestionAsked => Read(entry, wire.QuestionRequest),
            EventTypes.QuestionReplied => Read(entry, wire.QuestionReplied),
            EventTypes.QuestionRejected => Read(entry, wire.QuestionRejected),
            _ => null,
        };
        return read is null ? null : new IndexEvent(new SessionId(id), entry.Offset, read);
    }

    private static SessionEntry Entry(Session info) => SessionEntry.Of(info, JsonSerializer.SerializeToUtf8Bytes(info, ProtocolJson.Wire.Session));

    private static T Read<T>(LogEntry entry, JsonTypeInfo<T> json) =>
        JsonSerializer.Deserialize(entry.Properties.Span, json) ?? throw new JsonException($"Entry {entry} has no properties.");
}
