using Akka.Event;

namespace OpenCode.Actors.Sessions.Commands;

/// <summary>Ends the open turn; answered with <see cref="Aborted"/>, also when there is none: then the session publishes that it is idle.</summary>
internal sealed record Abort : ISessionCommand;

/// <summary>No turn is open. The log holds the events of that up to <paramref name="Offset"/>.</summary>
internal sealed record Aborted(long Offset) : IDeadLetterSuppression; // A parent that aborts its child does not wait.
