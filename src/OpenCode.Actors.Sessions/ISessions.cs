using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Index;
using OpenCode.Actors.Sessions.Reads;

namespace OpenCode.Actors.Sessions;

/// <summary>Sends commands and queries from outside the actors. Every failure of an ask becomes an answer.</summary>
/// <remarks>
/// Every member but <see cref="AwaitTurnAsync"/> may also answer <see cref="Unavailable"/>: too many commands are under way, no answer came in time, or the server stops.
/// </remarks>
internal interface ISessions
{
    /// <summary>Makes a session.</summary>
    /// <param name="place">Its location.</param>
    /// <param name="request">The client's request.</param>
    /// <param name="cancellationToken">Gives up waiting; the command is carried out all the same.</param>
    /// <returns><see cref="Created"/>, or <see cref="SessionNotFound"/> for an unknown parent, <see cref="StorageFull"/>, <see cref="CommandFailed"/>.</returns>
    Task<object> CreateAsync(Place place, CreateSession request, CancellationToken cancellationToken);

    /// <summary>Makes a session of the messages of another one, as they are committed.</summary>
    /// <param name="sessionId">The other one.</param>
    /// <param name="before">The first message that is not copied; null to copy all.</param>
    /// <param name="cancellationToken">Gives up waiting; the command is carried out all the same.</param>
    /// <returns><see cref="Created"/>, or <see cref="SessionNotFound"/>, <see cref="MessageNotFound"/>, <see cref="PromptRejected"/>, <see cref="StorageFull"/>, <see cref="CommandFailed"/>.</returns>
    Task<object> ForkAsync(SessionId sessionId, MessageId? before, CancellationToken cancellationToken);

    /// <summary>Asks a session.</summary>
    /// <param name="sessionId">The session.</param>
    /// <param name="command">The command.</param>
    /// <param name="cancellationToken">Gives up waiting; the command is carried out all the same.</param>
    /// <returns>The command's answer, or <see cref="SessionNotFound"/>, <see cref="StorageFull"/>, <see cref="CommandFailed"/>.</returns>
    Task<object> AskAsync(SessionId sessionId, ISessionCommand command, CancellationToken cancellationToken);

    /// <summary>Asks the index of all sessions.</summary>
    /// <param name="query">A query of <see cref="SessionIndexActor"/>.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The query's answer.</returns>
    Task<object> AskAsync(IIndexQuery query, CancellationToken cancellationToken);

    /// <summary>Answers a permission or a question, whichever session waits for it.</summary>
    /// <param name="reply">The user's answer.</param>
    /// <param name="sessionId">The session that the route names; null when it names none.</param>
    /// <param name="cancellationToken">Gives up waiting; the answer is taken all the same.</param>
    /// <returns><see cref="RequestAnswered"/>, or <see cref="PermissionNotFound"/>, <see cref="QuestionNotFound"/>, <see cref="StorageFull"/>, <see cref="CommandFailed"/>.</returns>
    Task<object> ReplyAsync(IRequestReply reply, SessionId? sessionId, CancellationToken cancellationToken);

    /// <summary>Waits for the end of a turn, without a deadline and over the ends of the session's actor.</summary>
    /// <param name="sessionId">The session.</param>
    /// <param name="turn">From <see cref="PromptAccepted"/>.</param>
    /// <param name="openAt">The offset of <see cref="PromptAccepted"/> if the turn was open there; null when that is not known, or it was not.</param>
    /// <param name="cancellationToken">Ends the wait, never the turn.</param>
    /// <returns><see cref="TurnEnded"/>, <see cref="SessionNotFound"/>, <see cref="MessageNotFound"/>, or <see cref="Unavailable"/> when the server stops.</returns>
    Task<object> AwaitTurnAsync(SessionId sessionId, TurnId turn, long? openAt, CancellationToken cancellationToken);
}
