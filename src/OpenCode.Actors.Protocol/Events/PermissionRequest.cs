using System.Text.Json;
using System.Text.Json.Serialization;
using OpenCode.Actors.Protocol.Ids;

namespace OpenCode.Actors.Protocol.Events;

/// <summary>Properties of <see cref="EventTypes.PermissionAsked"/>, the row of a permission that waits, and its line in <c>GET /permission</c>.</summary>
/// <remarks>Rows and entries of older versions are read as this record: a new field has to be optional.</remarks>
/// <param name="Id">The request's id.</param>
/// <param name="SessionId">The session that asks.</param>
/// <param name="Permission">What is asked for, such as <c>bash</c>.</param>
/// <param name="Patterns">The exact arguments.</param>
/// <param name="Metadata">What is shown to people: an object.</param>
/// <param name="Always">The patterns that the answer <c>always</c> allows.</param>
/// <param name="Tool">The call that asks.</param>
public sealed record PermissionRequest(
    PermissionId Id,
    [property: JsonPropertyName("sessionID")] SessionId SessionId,
    string Permission,
    IReadOnlyList<string> Patterns,
    JsonElement Metadata,
    IReadOnlyList<string> Always,
    ToolCallRef? Tool = null) : IEventProperties
{
    string IEventProperties.EventType => EventTypes.PermissionAsked;
}

/// <summary>A call of a tool, as requests name it.</summary>
/// <param name="MessageId">The assistant's message.</param>
/// <param name="CallId">The call.</param>
public sealed record ToolCallRef([property: JsonPropertyName("messageID")] MessageId MessageId, [property: JsonPropertyName("callID")] string CallId);
