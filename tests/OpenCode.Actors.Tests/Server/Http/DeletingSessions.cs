using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Index;

namespace OpenCode.Actors.Tests.Server.Http;

/// <summary>Deletes a session that was looked up before the caller learns that it was there, as another client does that is a little faster.</summary>
internal sealed class DeletingSessions(ISessions inner) : ISessions
{
    /// <summary>Gets or sets what is waited for after a deletion; null to delete nothing.</summary>
    public Func<Task>? Deleted { get; set; }

    public async Task<object> AskAsync(IIndexQuery query, CancellationToken cancellationToken)
    {
        var answer = await inner.AskAsync(query, cancellationToken);
        if (Deleted is { } deleted && query is IndexQuery.Get get)
        {
            await inner.AskAsync(new IndexQuery.Delete(get.SessionId), cancellationToken);
            await deleted();
        }

        return answer;
    }

    public Task<object> AskAsync(SessionId sessionId, ISessionCommand command, CancellationToken cancellationToken) => inner.AskAsync(sessionId, command, cancellationToken);

    public Task<object> ForkAsync(SessionId sessionId, MessageId? before, CancellationToken cancellationToken) => inner.ForkAsync(sessionId, before, cancellationToken);

    public Task<object> CreateAsync(Place place, CreateSession request, CancellationToken cancellationToken) => inner.CreateAsync(place, request, cancellationToken);

    public Task<object> ReplyAsync(IRequestReply reply, SessionId? sessionId, CancellationToken cancellationToken) => inner.ReplyAsync(reply, sessionId, cancellationToken);

    public Task<object> AwaitTurnAsync(SessionId sessionId, TurnId turn, long? openAt, CancellationToken cancellationToken) => inner.AwaitTurnAsync(sessionId, turn, openAt, cancellationToken);
}
