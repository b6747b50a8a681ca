using System.Text.Json.Serialization;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Parts;

namespace OpenCode.Actors.Protocol.Events;

/// <summary>Properties of <see cref="EventTypes.MessageUpdated"/>.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="Info">All of the message, without its parts.</param>
public sealed record MessageUpdated([property: JsonPropertyName("sessionID")] SessionId SessionId, Message Info) : IEventProperties
{
    string IEventProperties.EventType => EventTypes.MessageUpdated;
}

/// <summary>Properties of <see cref="EventTypes.MessageRemoved"/>.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="MessageId">The message; its parts are gone with it.</param>
public sealed record MessageRemoved(
    [property: JsonPropertyName("sessionID")] SessionId SessionId,
    [property: JsonPropertyName("messageID")] MessageId MessageId) : IEventProperties
{
    string IEventProperties.EventType => EventTypes.MessageRemoved;
}

/// <summary>Properties of <see cref="EventTypes.PartUpdated"/>.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="Part">All of the part.</param>
/// <param name="Time">When, in milliseconds of the epoch.</param>
public sealed record PartUpdated([property: JsonPropertyName("sessionID")] SessionId SessionId, Part Part, long Time) : IEventProperties
{
    string IEventProperties.EventType => EventTypes.PartUpdated;
}

/// <summary>Properties of <see cref="EventTypes.PartDelta"/>.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="MessageId">The message.</param>
/// <param name="PartId">The part.</param>
/// <param name="Field">What grew; <see cref="TextField"/> for text and reasoning alike.</param>
/// <param name="Delta">What is to be put behind it.</param>
public sealed record PartDelta(
    [property: JsonPropertyName("sessionID")] SessionId SessionId,
    [property: JsonPropertyName("messageID")] MessageId MessageId,
    [property: JsonPropertyName("partID")] PartId PartId,
    string Field,
    string Delta) : IEventProperties
{
    /// <summary>The only field that grows.</summary>
    public const string TextField = "text";

    string IEventProperties.EventType => EventTypes.PartDelta;
}

/// <summary>Properties of <see cref="EventTypes.PartRemoved"/>.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="MessageId">The message.</param>
/// <param name="PartId">The part.</param>
public sealed record PartRemoved(
    [property: JsonPropertyName("sessionID")] SessionId SessionId,
    [property: JsonPropertyName("messageID")] MessageId MessageId,
    [property: JsonPropertyName("partID")] PartId PartId) : IEventProperties
{
    string IEventProperties.EventType => EventTypes.PartRemoved;
}
