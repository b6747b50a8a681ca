using System.Text.Json.Serialization;

namespace OpenCode.Actors.Sessions.Permissions;

/// <summary>JSON of a request's metadata.</summary>
[JsonSerializable(typeof(CommandMetadata))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class PermissionJson : JsonSerializerContext;

/// <summary>The metadata of a permission request for a command.</summary>
/// <param name="Command">The whole line.</param>
/// <param name="Directories">The folders outside the location that it reaches, when those are asked about.</param>
/// <param name="Patterns">The patterns of those.</param>
internal sealed record CommandMetadata(string Command, IReadOnlyList<string>? Directories = null, IReadOnlyList<string>? Patterns = null);
