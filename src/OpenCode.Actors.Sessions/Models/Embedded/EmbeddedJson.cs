using System.Text.Json.Serialization;

namespace OpenCode.Actors.Sessions.Models.Embedded;

/// <summary>A call of the bash tool.</summary>
internal sealed record BashCall(string Command, string Description);

/// <summary>A call of the question tool.</summary>
internal sealed record QuestionCall(IReadOnlyList<QuestionAsked> Questions);

/// <summary>One question of it.</summary>
internal sealed record QuestionAsked(string Question, string Header, IReadOnlyList<QuestionOption> Options);

/// <summary>An answer to choose.</summary>
internal sealed record QuestionOption(string Label, string Description);

/// <summary>JSON of the embedded model's calls.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(BashCall))]
[JsonSerializable(typeof(QuestionCall))]
internal sealed partial class EmbeddedJson : JsonSerializerContext;
