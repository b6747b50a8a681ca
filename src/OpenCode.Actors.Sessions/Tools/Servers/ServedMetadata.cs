using System.Text.Json;
using System.Text.Json.Serialization;

namespace OpenCode.Actors.Sessions.Tools.Servers;

/// <summary>The metadata of a call's part.</summary>
internal sealed record ServedMetadata(bool Truncated, string? OutputPath)
{
    public JsonElement ToJson() => JsonSerializer.SerializeToElement(this, ServedJson.Default.ServedMetadata);
}

/// <summary>JSON of the tools of MCP servers.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ServedMetadata))]
internal sealed partial class ServedJson : JsonSerializerContext;
