using System.Text.Json.Serialization;
using OpenCode.Actors.Protocol.Converters;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Parts;

namespace OpenCode.Actors.Protocol.Messages;

/// <summary>A message of a session, without its parts; <see cref="UserMessage"/> or <see cref="AssistantMessage"/>, distinguished by <c>role</c>.</summary>
/// <param name="Id">The message's id.</param>
/// <param name="SessionId">The session it belongs to.</param>
/// <param name="Time">When it was made and completed.</param>
[JsonConverter(typeof(MessageConverter))]
public abstract record Message(MessageId Id, [property: JsonPropertyName("sessionID")] SessionId SessionId, MessageTime Time)
{
    /// <summary>Gets the tag on the wire.</summary>
    public abstract string Role { get; }
}

/// <summary>Times of a message in milliseconds of the epoch.</summary>
/// <param name="Created">When it was made.</param>
/// <param name="Completed">When an assistant's message was finished, also by an error; null while it is open and for user messages.</param>
public sealed record MessageTime(long Created, long? Completed = null);

/// <summary>A message with its parts, as <c>GET /session/{id}/message</c> lists it.</summary>
/// <param name="Info">The message.</param>
/// <param name="Parts">Its parts in the order of their ids.</param>
public sealed record MessageWithParts(Message Info, IReadOnlyList<Part> Parts);

internal sealed class MessageConverter() : TaggedConverter<Message>(
    "role",
    (UserMessage.RoleName, typeof(UserMessage)),
    (AssistantMessage.RoleName, typeof(AssistantMessage)));
