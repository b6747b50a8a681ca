using System.Text.Json.Serialization;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Permissions;

namespace OpenCode.Actors.Protocol.Events;

/// <summary>Properties of <see cref="EventTypes.PermissionReplied"/>. Those of <see cref="EventTypes.PermissionAsked"/> are the <see cref="PermissionRequest"/>.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="RequestId">The request that is answered.</param>
/// <param name="Reply">The answer.</param>
public sealed record PermissionReplied(
    [property: JsonPropertyName("sessionID")] SessionId SessionId,
    [property: JsonPropertyName("requestID")] PermissionId RequestId,
    PermissionAnswer Reply) : IEventProperties
{
    string IEventProperties.EventType => EventTypes.PermissionReplied;
}

/// <summary>Properties of <see cref="EventTypes.QuestionReplied"/>.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="RequestId">The request that is answered.</param>
/// <param name="Answers">For each question the labels chosen, or the user's own words.</param>
public sealed record QuestionReplied(
    [property: JsonPropertyName("sessionID")] SessionId SessionId,
    [property: JsonPropertyName("requestID")] QuestionId RequestId,
    IReadOnlyList<IReadOnlyList<string>> Answers) : IEventProperties
{
    string IEventProperties.EventType => EventTypes.QuestionReplied;
}

/// <summary>Properties of <see cref="EventTypes.QuestionRejected"/>.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="RequestId">The request that stays without an answer.</param>
public sealed record QuestionRejected(
    [property: JsonPropertyName("sessionID")] SessionId SessionId,
    [property: JsonPropertyName("requestID")] QuestionId RequestId) : IEventProperties
{
    string IEventProperties.EventType => EventTypes.QuestionRejected;
}
