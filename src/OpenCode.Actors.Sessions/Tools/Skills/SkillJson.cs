using System.Text.Json.Serialization;

namespace OpenCode.Actors.Sessions.Tools.Skills;

/// <summary>The metadata of a call.</summary>
/// <param name="Name">The skill.</param>
/// <param name="Dir">Its folder.</param>
internal sealed record SkillMetadata(string Name, string Dir);

/// <summary>JSON of that.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SkillMetadata))]
internal sealed partial class SkillJson : JsonSerializerContext;
