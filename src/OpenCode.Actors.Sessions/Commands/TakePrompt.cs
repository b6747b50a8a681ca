using OpenCode.Actors.Protocol.Messages;

namespace OpenCode.Actors.Sessions.Commands;

/// <summary>Takes a prompt; answered with <see cref="PromptAccepted"/>, <see cref="PromptRejected"/> or <see cref="TooManyPrompts"/>.</summary>
/// <remarks>A message id or key that was taken before is answered as the first time.</remarks>
/// <param name="Request">The client's request.</param>
/// <param name="Key">The <c>Idempotency-Key</c>, if there was one.</param>
/// <param name="Command">The command that the prompt was made from; null for a prompt of the user's own words.</param>
internal sealed record TakePrompt(Protocol.Requests.Prompt Request, string? Key = null, CommandCall? Command = null) : ISessionCommand;

/// <summary>A command as its user called it.</summary>
internal sealed record CommandCall(string Name, string Arguments);

/// <summary>Runs a command of the user's own, without a model; answered with <see cref="PromptAccepted"/>, or with <see cref="PromptRejected"/> while a turn is open.</summary>
internal sealed record RunShell(Protocol.Requests.Shell Request, string? Key = null) : ISessionCommand;

/// <summary>The prompt or command is durable.</summary>
/// <param name="User">The user message as it was taken; with <c>noReply</c> this is the answer.</param>
/// <param name="Turn">The turn to wait for.</param>
/// <param name="Offset">The log holds the events of taking it up to here.</param>
/// <param name="Error">Set when no run could begin: the model is unknown. The events say so too, and there is nothing to wait for.</param>
/// <param name="IsOpen">Whether the turn was open at <paramref name="Offset"/>. If so, its end is an event after that; otherwise it can be read at once.</param>
internal sealed record PromptAccepted(MessageWithParts User, TurnId Turn, long Offset, MessageError? Error = null, bool IsOpen = false);
