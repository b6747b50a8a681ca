using System.Text.Json.Serialization;

namespace OpenCode.Actors.Sessions.Tools.Read;

/// <summary>The metadata of a read.</summary>
/// <param name="Preview">Its first lines.</param>
/// <param name="Truncated">Whether there is more.</param>
/// <param name="Loaded">Instructions that were loaded with it: none so far.</param>
internal sealed record ReadMetadata(string Preview, bool Truncated, IReadOnlyList<string> Loaded);

/// <summary>JSON of the tool.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ReadMetadata))]
internal sealed partial class ReadJson : JsonSerializerContext;
