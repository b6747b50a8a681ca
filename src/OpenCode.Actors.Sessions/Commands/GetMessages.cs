using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Sessions;

namespace OpenCode.Actors.Sessions.Commands;

/// <summary>Lists messages, oldest first; answered with <see cref="MessagePage"/>.</summary>
/// <param name="Limit">The newest that many; all when null.</param>
/// <param name="Before">Only those before this one.</param>
internal sealed record GetMessages(int? Limit = null, MessageId? Before = null) : ISessionRead;

/// <summary>A page of messages; <paramref name="Older"/> is the cursor of the page before it, null when there is none.</summary>
internal sealed record MessagePage(IReadOnlyList<MessageWithParts> Page, MessageId? Older);

/// <summary>Reads one message; answered with <see cref="MessageFound"/> or <see cref="MessageNotFound"/>.</summary>
internal sealed record GetMessage(MessageId MessageId) : ISessionRead;

/// <summary>The message with its parts, as they are committed.</summary>
internal sealed record MessageFound(MessageWithParts Message);

/// <summary>Reads the session with its messages; answered with <see cref="HistoryFound"/>.</summary>
internal sealed record GetHistory : ISessionRead;

/// <summary>The session and all its messages, as they are committed.</summary>
internal sealed record HistoryFound(Session Info, IReadOnlyList<MessageWithParts> Messages);
