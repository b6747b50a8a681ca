using System.Text.Json.Serialization;

namespace OpenCode.Actors.Sessions.Tools.Paths;

/// <summary>The metadata of a permission request for a folder outside of the location.</summary>
/// <param name="Filepath">The path.</param>
/// <param name="ParentDir">The folder that is asked about.</param>
internal sealed record OutsideMetadata(string Filepath, string ParentDir);

/// <summary>The metadata of a permission request for a change.</summary>
/// <param name="Filepath">The file.</param>
/// <param name="Diff">What the call would change in the file as it is.</param>
internal sealed record ChangeMetadata(string Filepath, string Diff);

/// <summary>JSON of that.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(OutsideMetadata))]
[JsonSerializable(typeof(ChangeMetadata))]
internal sealed partial class PathPermissionJson : JsonSerializerContext;
