using OpenCode.Actors.Protocol.Messages;

namespace OpenCode.Actors.Sessions.Reads;

/// <summary>A turn is over.</summary>
/// <param name="Message">The last assistant message that answers the prompt; the prompt itself when none was made.</param>
/// <param name="Offset">All events of the turn, idle included, are in the log up to here.</param>
/// <param name="Directory">The location of the session: streams of it have had these events before a client is answered.</param>
internal sealed record TurnEnded(MessageWithParts Message, long Offset, string Directory);
