using System.Text.Json;
using System.Text.Json.Serialization;

namespace OpenCode.Actors.Sessions.Tools.Bash;

/// <summary>What a bash part tells clients beside its input: while it runs the output so far, at its end also how it ended.</summary>
internal sealed record BashMetadata(string Output, int? Exit = null, bool? Truncated = null, string? Description = null, string? OutputPath = null)
{
    public JsonElement ToJson() => JsonSerializer.SerializeToElement(this, BashJson.Default.BashMetadata);
}

/// <summary>JSON of the tool.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BashMetadata))]
internal sealed partial class BashJson : JsonSerializerContext;
