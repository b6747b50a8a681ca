using Akka.Actor;
using Akka.Event;
using OpenCode.Actors.Protocol.Ids;

namespace OpenCode.Actors.Sessions.Commands;

/// <summary>
/// Closes the open turn, unless it only waits for its user (rule "Waiting turns stay open") or, in a cluster, was not begun (rule "Running turns are not moved"), and begins nothing any more; answered with
/// <see cref="Quiesced"/> or a refusal.
/// </summary>
/// <remarks>Only the region sends it, or a node that drains: the server stops.</remarks>
internal sealed record Quiesce;

/// <summary>No turn runs, none will begin, and what led to that is durable.</summary>
internal sealed record Quiesced;

/// <summary>
/// Waits until nothing of the session's turn runs: it is over, or only waits for its user, or was never begun. On a node that drains it stays so. Answered with
/// <see cref="Quiet"/>.
/// </summary>
/// <remarks>Only a node that drains sends it, to itself.</remarks>
internal sealed record AwaitQuiet : INotInfluenceReceiveTimeout;

/// <summary>Nothing of the session's turn runs: it can be moved as it is.</summary>
internal sealed record Quiet(SessionId SessionId) : IDeadLetterSuppression;

/// <summary>Stops a session that sent <see cref="Region.Passivate"/> to its parent. No message follows.</summary>
/// <param name="Failure">Why the session cannot go on; null when it is idle, or was never there.</param>
internal sealed record Leave(Exception? Failure = null);
