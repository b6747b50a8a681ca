using System.Text.Json.Serialization;
using OpenCode.Actors.Protocol.Ids;

namespace OpenCode.Actors.Protocol.Errors;

/// <summary>404: a permission or question was answered already, or never asked. Tagged in another way than <see cref="NamedError"/>.</summary>
/// <param name="Tag"><c>PermissionNotFoundError</c> or <c>QuestionNotFoundError</c>.</param>
/// <param name="RequestId">The id asked for.</param>
/// <param name="Message">The text for people.</param>
public sealed record RequestNotFoundError(
    [property: JsonPropertyName("_tag")] string Tag,
    [property: JsonPropertyName("requestID")] string RequestId,
    string Message)
{
    /// <summary>There is no such permission request.</summary>
    /// <param name="id">The request asked for.</param>
    /// <returns>The body.</returns>
    public static RequestNotFoundError Permission(PermissionId id) => new("PermissionNotFoundError", id.Value, $"Permission request not found: {id}");

    /// <summary>There is no such question request.</summary>
    /// <param name="id">The request asked for.</param>
    /// <returns>The body.</returns>
    public static RequestNotFoundError Question(QuestionId id) => new("QuestionNotFoundError", id.Value, $"Question request not found: {id}");
}
