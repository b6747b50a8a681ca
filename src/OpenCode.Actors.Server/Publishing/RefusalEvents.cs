using System.Text.Json;
using OpenCode.Actors.Protocol.Events;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Texts;
using OpenCode.Actors.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Index;

namespace OpenCode.Actors.Server.Publishing;

/// <summary>Publishes why a session did not do something: terminals do not read the answers of commands, shell lines and compactions.</summary>
/// <remarks>It changes no session, so the event belongs to the location, and a failure to publish it changes no answer.</remarks>
internal sealed class RefusalEvents(EventPublisher events, ISessions sessions)
{
    // It quotes the client, and every stream of the location gets it.
    private const int MostCharacters = 4_096;

    /// <summary>Publishes <c>session.error</c>; nothing for a session that is not there.</summary>
    /// <param name="sessionId">The session that did not do it.</param>
    /// <param name="reason">Why.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task PublishAsync(SessionId sessionId, string reason, CancellationToken cancellationToken)
    {
        if (await sessions.AskAsync(new IndexQuery.Get(sessionId), cancellationToken) is not IndexQuery.Found { Entry: var session })
            return;

        var failed = new SessionFailed(new MessageError(MessageError.UnknownName, new MessageErrorData { Message = TextCut.Start(reason, MostCharacters, "…") }), sessionId);
        var properties = JsonSerializer.SerializeToUtf8Bytes(failed, ProtocolJson.Wire.SessionFailed);
        await events.PublishAsync(EventTypes.SessionError, new Place(session.Directory, session.ProjectId, session.Path), properties, cancellationToken);
    }
}
