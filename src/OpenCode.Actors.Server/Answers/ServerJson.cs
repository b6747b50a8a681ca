using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace OpenCode.Actors.Server.Answers;

/// <summary>Source-generated JSON of the bodies that only this server makes. The wire of opencode is in <c>ProtocolJson</c>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TaggedError))]
[JsonSerializable(typeof(GlobalHealth))]
[JsonSerializable(typeof(LiveHealth))]
[JsonSerializable(typeof(ReadyHealth))]
[JsonSerializable(typeof(IReadOnlyList<Agent>))]
[JsonSerializable(typeof(MessageCursor))]
[JsonSerializable(typeof(JsonObject))]
internal sealed partial class ServerJson : JsonSerializerContext;
