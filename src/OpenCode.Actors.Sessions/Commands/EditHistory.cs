using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Parts;

namespace OpenCode.Actors.Sessions.Commands;

/// <summary>Removes a message with its parts; answered with <see cref="HistoryEdited"/>, or <see cref="SessionBusy"/> while a turn is open.</summary>
internal sealed record DeleteMessage(MessageId MessageId) : ISessionCommand;

/// <summary>Removes a part; answered with <see cref="HistoryEdited"/>, or <see cref="SessionBusy"/> while its message is being made.</summary>
internal sealed record DeletePart(MessageId MessageId, PartId PartId) : ISessionCommand;

/// <summary>Replaces a part, or adds it; answered as <see cref="DeletePart"/> is, or with <see cref="MessageNotFound"/> or <see cref="PromptRejected"/>.</summary>
internal sealed record UpdatePart(Part Part) : ISessionCommand;

/// <summary>The history is changed.</summary>
internal sealed record HistoryEdited(long Offset);

/// <summary>Compacts the session; answered with <see cref="PromptAccepted"/>, <see cref="PromptRejected"/> or <see cref="TooManyPrompts"/>.</summary>
internal sealed record Summarize(Protocol.Requests.SummarizeSession Request) : ISessionCommand;
