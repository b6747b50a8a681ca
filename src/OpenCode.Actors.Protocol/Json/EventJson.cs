using System.Text.Json;
using OpenCode.Actors.Protocol.Events;

namespace OpenCode.Actors.Protocol.Json;

/// <summary>Properties of events as UTF-8 JSON.</summary>
public static class EventJson
{
    /// <summary>Writes properties once; journal and frames share the bytes.</summary>
    /// <param name="properties">Any event.</param>
    /// <returns>One line of UTF-8 JSON, the caller's to keep.</returns>
    public static byte[] Encode(IEventProperties properties)
    {
        ArgumentNullException.ThrowIfNull(properties);
        return JsonSerializer.SerializeToUtf8Bytes(properties, ProtocolJson.Wire.Options.GetTypeInfo(properties.GetType()));
    }

    /// <summary>Writes properties that a client sent, such as those of <c>POST /tui/publish</c>, without their blanks and line breaks.</summary>
    /// <param name="properties">An object.</param>
    /// <returns>One line of UTF-8 JSON, the caller's to keep.</returns>
    public static byte[] Encode(JsonElement properties) => JsonSerializer.SerializeToUtf8Bytes(properties, ProtocolJson.Wire.JsonElement);
}
