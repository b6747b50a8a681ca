using System.Text.Json.Serialization;

namespace OpenCode.Actors.Server.Answers;

/// <summary>The body of errors below <c>/api</c>: <c>{"_tag":"UnauthorizedError","message":"..."}</c>.</summary>
internal sealed record TaggedError([property: JsonPropertyName("_tag")] string Tag, string Message);
