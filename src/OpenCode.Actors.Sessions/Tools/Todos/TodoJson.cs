using System.Text.Json.Serialization;
using OpenCode.Actors.Protocol.Sessions;

namespace OpenCode.Actors.Sessions.Tools.Todos;

/// <summary>The input of <c>todowrite</c>.</summary>
internal sealed record TodoInput(IReadOnlyList<Todo> Todos);

/// <summary>The metadata of both tools.</summary>
internal sealed record TodoMetadata(IReadOnlyList<Todo> Todos, bool Truncated);

/// <summary>JSON of the tools.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(TodoInput))]
[JsonSerializable(typeof(TodoMetadata))]
[JsonSerializable(typeof(IReadOnlyList<Todo>))]
internal sealed partial class TodoJson : JsonSerializerContext;
