using System.Text.Json.Serialization;
using OpenCode.Actors.Protocol.Models;

namespace OpenCode.Actors.Sessions.Tools.Tasks;

/// <summary>The metadata of a call.</summary>
/// <param name="ParentSessionId">The session that calls.</param>
/// <param name="SessionId">The child, which clients open.</param>
/// <param name="Model">The child's model.</param>
internal sealed record TaskMetadata(string ParentSessionId, string SessionId, ModelRef? Model);

/// <summary>The metadata of a permission request for a task.</summary>
/// <param name="Description">Its subject.</param>
/// <param name="SubagentType">The agent.</param>
internal sealed record TaskQuestion(string Description, [property: JsonPropertyName("subagent_type")] string SubagentType);

/// <summary>The input of a call that a prompt makes.</summary>
/// <param name="Prompt">The prompt of the child.</param>
/// <param name="Description">Its subject.</param>
/// <param name="SubagentType">The agent.</param>
/// <param name="Command">The command that gave it.</param>
internal sealed record TaskCall(string Prompt, string Description, [property: JsonPropertyName("subagent_type")] string SubagentType, string? Command);

/// <summary>JSON of that.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TaskMetadata))]
[JsonSerializable(typeof(TaskQuestion))]
[JsonSerializable(typeof(TaskCall))]
internal sealed partial class TaskJson : JsonSerializerContext;
