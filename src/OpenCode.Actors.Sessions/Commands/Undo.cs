using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Sessions;

namespace OpenCode.Actors.Sessions.Commands;

/// <summary>Undoes a message and all that follow, with what they did to the files; answered with <see cref="Updated"/>, or <see cref="SessionBusy"/> or <see cref="MessageNotFound"/>.</summary>
/// <param name="MessageId">The message. Undone is what the user asked for as a whole, unless a part is named.</param>
/// <param name="PartId">The first part that is undone, if not the whole message.</param>
internal sealed record Revert(MessageId MessageId, PartId? PartId = null) : ISessionCommand;

/// <summary>Brings back all that is undone; answered as <see cref="Revert"/> is, also when nothing is.</summary>
internal sealed record Unrevert : ISessionCommand;

/// <summary>Reads what changed in the files; answered with <see cref="DiffFound"/>.</summary>
/// <param name="MessageId">The prompt; null for the whole session.</param>
internal sealed record GetDiff(MessageId? MessageId = null) : ISessionRead;

/// <summary>What changed in the files, as it is committed.</summary>
internal sealed record DiffFound(IReadOnlyList<FileDiff> Diffs);
