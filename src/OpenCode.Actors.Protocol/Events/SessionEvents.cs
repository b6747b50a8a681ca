using System.Text.Json.Serialization;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Sessions;

namespace OpenCode.Actors.Protocol.Events;

/// <summary>Properties of <see cref="EventTypes.SessionCreated"/>.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="Info">All of it.</param>
public sealed record SessionCreated([property: JsonPropertyName("sessionID")] SessionId SessionId, Session Info) : IEventProperties
{
    string IEventProperties.EventType => EventTypes.SessionCreated;
}

/// <summary>Properties of <see cref="EventTypes.SessionUpdated"/>.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="Info">All of it.</param>
public sealed record SessionUpdated([property: JsonPropertyName("sessionID")] SessionId SessionId, Session Info) : IEventProperties
{
    string IEventProperties.EventType => EventTypes.SessionUpdated;
}

/// <summary>Properties of <see cref="EventTypes.SessionDeleted"/>.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="Info">All of it, as it was last.</param>
public sealed record SessionDeleted([property: JsonPropertyName("sessionID")] SessionId SessionId, Session Info) : IEventProperties
{
    string IEventProperties.EventType => EventTypes.SessionDeleted;
}

/// <summary>Properties of <see cref="EventTypes.SessionStatus"/>.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="Status">What it does now.</param>
public sealed record SessionStatusChanged([property: JsonPropertyName("sessionID")] SessionId SessionId, SessionStatus Status) : IEventProperties
{
    string IEventProperties.EventType => EventTypes.SessionStatus;
}

/// <summary>Properties of <see cref="EventTypes.SessionIdle"/>.</summary>
/// <param name="SessionId">The session.</param>
public sealed record SessionIdled([property: JsonPropertyName("sessionID")] SessionId SessionId) : IEventProperties
{
    string IEventProperties.EventType => EventTypes.SessionIdle;
}

/// <summary>Properties of <see cref="EventTypes.SessionError"/>.</summary>
/// <param name="Error">What went wrong.</param>
/// <param name="SessionId">The session, if it concerns one.</param>
public sealed record SessionFailed(MessageError Error, [property: JsonPropertyName("sessionID")] SessionId? SessionId = null) : IEventProperties
{
    string IEventProperties.EventType => EventTypes.SessionError;
}

/// <summary>Properties of <see cref="EventTypes.SessionDiff"/>.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="Diff">The files changed.</param>
public sealed record SessionDiffed([property: JsonPropertyName("sessionID")] SessionId SessionId, IReadOnlyList<FileDiff> Diff) : IEventProperties
{
    string IEventProperties.EventType => EventTypes.SessionDiff;
}

/// <summary>Properties of <see cref="EventTypes.SessionCompacted"/>.</summary>
/// <param name="SessionId">The session.</param>
public sealed record SessionCompacted([property: JsonPropertyName("sessionID")] SessionId SessionId) : IEventProperties
{
    string IEventProperties.EventType => EventTypes.SessionCompacted;
}

/// <summary>Properties of <see cref="EventTypes.TodoUpdated"/>.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="Todos">The whole list.</param>
public sealed record TodoUpdated([property: JsonPropertyName("sessionID")] SessionId SessionId, IReadOnlyList<Todo> Todos) : IEventProperties
{
    string IEventProperties.EventType => EventTypes.TodoUpdated;
}

/// <summary>Properties of <see cref="EventTypes.CommandExecuted"/>.</summary>
/// <param name="Name">The command.</param>
/// <param name="SessionId">The session.</param>
/// <param name="Arguments">What was put into it.</param>
/// <param name="MessageId">The assistant's message.</param>
public sealed record CommandExecuted(
    string Name,
    [property: JsonPropertyName("sessionID")] SessionId SessionId,
    string Arguments,
    [property: JsonPropertyName("messageID")] MessageId MessageId) : IEventProperties
{
    string IEventProperties.EventType => EventTypes.CommandExecuted;
}
