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

    /// <summary>Publishes <c>session.error</c>; a toast while a turn runs, whose clients would take that for its own error; nothing for a session that is not there.</summary>
    /// <param name="sessionId">The session that did not do it.</param>
    /// <param name="reason">Why.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task PublishAsync(SessionId sessionId, string reason, CancellationToken cancellationToken)
    {
        if (await sessions.AskAsync(new IndexQuery.Get(sessionId), cancellationToken) is not IndexQuery.Found { Entry: var session })
            return;

        var text = TextCut.Start(reason, MostCharacters, "…");
        var isIdle = await sessions.AskAsync(new IndexQuery.ListStatus(session.Directory), cancellationToken) is IndexQuery.Statuses now && !now.BySession.ContainsKey(sessionId);
        var (type, properties) = isIdle
            ? (EventTypes.SessionError, JsonSerializer.SerializeToUtf8Bytes(new SessionFailed(new MessageError(MessageError.UnknownName, new MessageErrorData { Message = text }), sessionId), ProtocolJson.Wire.SessionFailed))
            : (EventTypes.ToastShown, JsonSerializer.SerializeToUtf8Bytes(new ToastShown(text, "error"), ProtocolJson.Wire.ToastShown));
        await events.PublishAsync(type, new Place(session.Directory, session.ProjectId, session.Path), properties, cancellationToken);
    }
}
