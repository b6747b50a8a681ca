using System.Text.Json;
using OpenCode.Actors.Protocol.Ids;

namespace OpenCode.Actors.Protocol.Parts;

/// <summary>A part of a type this version does not know, kept and passed on as it came.</summary>
/// <param name="Raw">The whole object with <c>id</c>, <c>sessionID</c>, <c>messageID</c> and <c>type</c>.</param>
public sealed record UnknownPart(JsonElement Raw)
    : Part(Field<PartId>(Raw, "id"), Field<SessionId>(Raw, "sessionID"), Field<MessageId>(Raw, "messageID"))
{
    /// <inheritdoc/>
    public override string Type => Raw.GetProperty("type").GetString()!;

    private static T Field<T>(JsonElement raw, string name)
        where T : struct, IId<T>
    {
        var text = raw.TryGetProperty(name, out var field) && field.ValueKind == JsonValueKind.String ? field.GetString() : null;
        return IdText.TryParse<T>(text, out var id) ? id : throw new JsonException($"A part of a message needs '{name}'. {IdText.Complaint<T>(text)}");
    }
}
