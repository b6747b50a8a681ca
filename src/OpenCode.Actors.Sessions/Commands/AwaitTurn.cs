using Akka.Event;
using OpenCode.Actors.Protocol.Messages;

namespace OpenCode.Actors.Sessions.Commands;

/// <summary>Waits for a turn's end, however far away; answered with <see cref="TurnEnded"/>, <see cref="TurnLost"/> or <see cref="MessageNotFound"/>.</summary>
/// <param name="Turn">From <see cref="PromptAccepted"/>.</param>
/// <param name="Waiter">Names the wait: another one of the same name replaces it.</param>
internal sealed record AwaitTurn(TurnId Turn, string Waiter) : ISessionCommand;

/// <summary>The turn is over.</summary>
/// <param name="Message">The last assistant message that answers the prompt; the prompt itself when none was made.</param>
/// <param name="Offset">All events of the turn, idle included, are in the log up to here.</param>
internal sealed record TurnEnded(MessageWithParts Message, long Offset) : IDeadLetterSuppression;

/// <summary>The session's actor ended before the turn did: ask again.</summary>
internal sealed record TurnLost : IDeadLetterSuppression;
