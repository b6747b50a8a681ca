using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Events;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Sessions;
using OpenCode.Actors.Sessions.Index;
using OpenCode.Actors.Streams.Repaints;

namespace OpenCode.Actors.Server.Sse;

/// <summary>The permissions and questions that wait, from the index of all sessions, as events.</summary>
internal sealed class PendingRequests(IServiceProvider services, IdFactory ids) : IPendingRequests
{
    public async Task<IReadOnlyList<EntryDraft>> ListAsync(CancellationToken cancellationToken)
    {
        var sessions = services.GetRequiredService<ISessions>(); // Made with the actors, whose streams ask here.
        var pending = new List<(SessionId Session, IEventProperties Event)>();
        if (await sessions.AskAsync(new IndexQuery.ListPermissions(), cancellationToken) is IndexQuery.Permissions permissions)
            pending.AddRange(permissions.Requests.Select(static request => (request.SessionId, (IEventProperties)request)));
        if (await sessions.AskAsync(new IndexQuery.ListQuestions(), cancellationToken) is IndexQuery.Questions questions)
            pending.AddRange(questions.Requests.Select(static request => (request.SessionId, (IEventProperties)request)));

        var events = new List<EntryDraft>();
        foreach (var (session, request) in pending)
        {
            if (await sessions.AskAsync(new IndexQuery.Get(session), cancellationToken) is IndexQuery.Found { Entry: var entry })
                events.Add(new EntryDraft(ids.NewEvent().Value, request.EventType, entry.Directory, entry.ProjectId, session.Value, Sequence: -1, Durable: false, EventJson.Encode(request)));
        }

        return events;
    }
}
