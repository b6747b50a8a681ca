using OpenCode.Actors.Protocol.Ids;

namespace OpenCode.Actors.Sessions;

/// <summary>The way in for those outside the actors: asks, and turns what can go wrong with an ask into an answer.</summary>
internal interface ISessions
{
    /// <summary>Asks a session.</summary>
    /// <param name="sessionId">The session.</param>
    /// <param name="command">A command of <see cref="SessionActor"/>, except <see cref="SessionActor.AwaitTurn"/>.</param>
    /// <param name="cancellationToken">Gives up waiting; the command is carried out all the same.</param>
    /// <returns>The command's answer, or <see cref="SessionNotFound"/>, <see cref="StorageFull"/>, <see cref="CommandFailed"/>, <see cref="Unavailable"/>.</returns>
    Task<object> AskAsync(SessionId sessionId, object command, CancellationToken cancellationToken);

    /// <summary>Asks the region.</summary>
    /// <param name="command">A command of <see cref="Region.SessionsActor"/>.</param>
    /// <param name="cancellationToken">Gives up waiting; the command is carried out all the same.</param>
    /// <returns>The command's answer, or what <see cref="AskAsync(SessionId, object, CancellationToken)"/> may answer too.</returns>
    Task<object> AskAsync(object command, CancellationToken cancellationToken);

    /// <summary>Waits for the end of a turn, without a deadline and over restarts of the session's actor.</summary>
    /// <param name="sessionId">The session.</param>
    /// <param name="turn">From <see cref="SessionActor.Accepted"/>.</param>
    /// <param name="cancellationToken">Ends the wait, never the turn.</param>
    /// <returns><see cref="SessionActor.TurnEnded"/>, <see cref="SessionNotFound"/> or <see cref="MessageNotFound"/>.</returns>
    Task<object> AwaitTurnAsync(SessionId sessionId, TurnId turn, CancellationToken cancellationToken);
}
