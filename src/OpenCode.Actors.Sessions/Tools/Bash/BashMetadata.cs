using System.Text.Json;
using System.Text.Json.Serialization;

namespace OpenCode.Actors.Sessions.Tools.Bash;

/// <summary>The metadata of a bash part: the output so far, and at the end the exit code.</summary>
internal sealed record BashMetadata(string Output, int? Exit = null, bool? Truncated = null, string? Description = null, string? OutputPath = null)
{
    public JsonElement ToJson() => JsonSerializer.SerializeToElement(this, BashJson.Default.BashMetadata);
}

/// <summary>JSON of the tool.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BashMetadata))]
internal sealed partial class BashJson : JsonSerializerContext;
