using System.Text.Json.Serialization;

namespace OpenCode.Actors.Sessions.Permissions;

/// <summary>JSON of a request's metadata.</summary>
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class PermissionJson : JsonSerializerContext;
