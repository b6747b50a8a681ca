using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.HttpResults;

namespace OpenCode.Actors.Server.Endpoints;

/// <summary>Answers with values whose generated JSON is that of an interface: the framework would look for that of their class, which does not exist.</summary>
internal static class Wire
{
    public static JsonHttpResult<T> Ok<T>(T value, JsonTypeInfo<T> json) => TypedResults.Json(value, json);
}
