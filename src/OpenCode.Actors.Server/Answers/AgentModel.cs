using System.Text.Json.Serialization;

namespace OpenCode.Actors.Server.Answers;

/// <summary>The model of an agent.</summary>
internal sealed record AgentModel([property: JsonPropertyName("modelID")] string ModelId, [property: JsonPropertyName("providerID")] string ProviderId);
