using System.Text.Json.Serialization;

namespace OpenCode.Actors.Server.Endpoints.Tui;

/// <summary>Source-generated JSON of what is published for terminals.</summary>
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class TuiJson : JsonSerializerContext;
