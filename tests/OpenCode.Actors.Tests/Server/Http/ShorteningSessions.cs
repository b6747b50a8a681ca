using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Index;

namespace OpenCode.Actors.Tests.Server.Http;

/// <summary>Answers without the parts of an accepted message, as a session of another node does when they are large.</summary>
internal sealed class ShorteningSessions(ISessions inner) : ISessions
{
    public async Task<object> AskAsync(SessionId sessionId, ISessionCommand command, CancellationToken cancellationToken) =>
        await inner.AskAsync(sessionId, command, cancellationToken) is var answer && answer is PromptAccepted accepted ? accepted with { User = accepted.User with { Parts = [] } } : answer;

    public Task<object> CreateAsync(Place place, CreateSession request, CancellationToken cancellationToken) => inner.CreateAsync(place, request, cancellationToken);

    public Task<object> ForkAsync(SessionId sessionId, MessageId? before, CancellationToken cancellationToken) => inner.ForkAsync(sessionId, before, cancellationToken);

    public Task<object> AskAsync(IIndexQuery query, CancellationToken cancellationToken) => inner.AskAsync(query, cancellationToken);

    public Task<object> ReplyAsync(IRequestReply reply, SessionId? sessionId, CancellationToken cancellationToken) => inner.ReplyAsync(reply, sessionId, cancellationToken);

    public Task<object> AwaitTurnAsync(SessionId sessionId, TurnId turn, long? openAt, CancellationToken cancellationToken) => inner.AwaitTurnAsync(sessionId, turn, openAt, cancellationToken);
}
