using System.Text.Json;
using System.Text.Json.Serialization;
using OpenCode.Actors.Protocol.Sessions;

namespace OpenCode.Actors.Sessions.Tools.Changes;

/// <summary>The metadata of an edit. There are no diagnostics: no language server runs.</summary>
internal sealed record EditMetadata(JsonElement Diagnostics, string Diff, FileDiff Filediff, bool Truncated);

/// <summary>The metadata of a write.</summary>
internal sealed record WriteMetadata(JsonElement Diagnostics, string Filepath, bool Exists, string Diff, FileDiff Filediff, bool Truncated);

/// <summary>JSON of changes.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EditMetadata))]
[JsonSerializable(typeof(WriteMetadata))]
internal sealed partial class ChangeJson : JsonSerializerContext;
