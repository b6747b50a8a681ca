using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Server.Answers.Providers;
using OpenCode.Actors.Server.Locations.Files;

namespace OpenCode.Actors.Server.Answers;

/// <summary>Source-generated JSON of the bodies that only this server makes. The wire of opencode is in <c>ProtocolJson</c>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TaggedError))]
[JsonSerializable(typeof(GlobalHealth))]
[JsonSerializable(typeof(LiveHealth))]
[JsonSerializable(typeof(ReadyHealth))]
[JsonSerializable(typeof(IReadOnlyList<AgentAnswer>))]
[JsonSerializable(typeof(IReadOnlyList<CommandAnswer>))]
[JsonSerializable(typeof(IReadOnlyList<SkillAnswer>))]
[JsonSerializable(typeof(MessageCursor))]
[JsonSerializable(typeof(ConfiguredProviders))]
[JsonSerializable(typeof(KnownProviders))]
[JsonSerializable(typeof(PathAnswer))]
[JsonSerializable(typeof(LocationAnswer))]
[JsonSerializable(typeof(EmptyList))]
[JsonSerializable(typeof(ClientLine))]
[JsonSerializable(typeof(IReadOnlyList<ToolAnswer>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, McpStatusAnswer>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, McpResourceAnswer>))]
[JsonSerializable(typeof(McpNotFound))]
[JsonSerializable(typeof(FileContent))]
[JsonSerializable(typeof(FoundFiles))]
[JsonSerializable(typeof(IReadOnlyList<FileNode>))]
[JsonSerializable(typeof(IReadOnlyList<LineMatch>))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(VcsAnswer))]
[JsonSerializable(typeof(IReadOnlyList<FileDiff>))]
[JsonSerializable(typeof(IReadOnlyList<FileStatus>))]
[JsonSerializable(typeof(IReadOnlyList<ProjectAnswer>))]
[JsonSerializable(typeof(IReadOnlyList<ProjectDirectory>))]
[JsonSerializable(typeof(JsonObject))]
internal sealed partial class ServerJson : JsonSerializerContext;
