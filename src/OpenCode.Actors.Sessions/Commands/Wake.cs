using Akka.Actor;
using Akka.Event;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Sessions;

namespace OpenCode.Actors.Sessions.Commands;

/// <summary>Recovers the session, if it is not in memory, so that an unfinished turn is closed or waits on. Answered with <see cref="Awake"/>, also after a failure.</summary>
internal sealed record Wake : ISessionCommand, INotInfluenceReceiveTimeout;

/// <summary>The session is recovered, or failed to.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="Status">Its committed status; null when it could not be recovered.</param>
internal sealed record Awake(SessionId SessionId, SessionStatus? Status = null) : IDeadLetterSuppression;
