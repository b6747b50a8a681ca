using System.Collections.Immutable;
using OpenCode.Actors.Protocol.Events;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Setup;

namespace OpenCode.Actors.Sessions.Index;

/// <summary>What the index knows of all sessions: their infos, what is not idle or waits for its user, and the tombstones. Belongs to the index's actor, which alone touches it.</summary>
internal sealed class IndexedSessions
{
    private static readonly Comparer<SessionId> _byId = Comparer<SessionId>.Create(static (a, b) => string.CompareOrdinal(a.Value, b.Value));

    private readonly SessionSetup _setup;
    private readonly SessionIndex _index = new();
    private readonly SessionActivity _activity = new();

    /// <summary>Initializes a new instance of the <see cref="IndexedSessions"/> class from the rows. The learned rules of the server are replaced by those of the rows.</summary>
    /// <param name="setup">What sessions share.</param>
    /// <param name="survey">The rows; null for none.</param>
    public IndexedSessions(SessionSetup setup, IndexSnapshot? survey = null)
    {
        _setup = setup;
        if (survey is null)
            return;

        foreach (var entry in survey.Entries)
            _index.Put(entry);
        foreach (var id in survey.Unfinished)
            _activity.AddUnfinished(id);
        foreach (var request in survey.Permissions)
            _activity.Add(request);
        foreach (var request in survey.Questions)
            _activity.Add(request);
        foreach (var (id, at) in survey.Tombstones)
            Tombstones.Add(id, at);
        var directories = survey.Entries.ToDictionary(static entry => entry.Id, static entry => entry.Directory);
        setup.Learned.Fill(survey.Rules.Where(learned => directories.ContainsKey(learned.SessionId)).Select(learned => (directories[learned.SessionId], learned.Rule)));
    }

    /// <summary>Gets how many sessions there are.</summary>
    public int Count => _index.Count;

    /// <summary>Gets the sessions that were deleted by name. Only a cluster has them.</summary>
    public Tombstones Tombstones { get; } = new();

    /// <summary>True if there is such a session.</summary>
    public bool Has(SessionId id) => _index.TryGet(id, out _);

    /// <summary>Lists the sessions with an unfinished turn or a request that waits, and deleted ones whose tombstone may go.</summary>
    public List<SessionId> ListUnfinished() => [.. _activity.All.Select(static active => active.Id), .. Tombstones.Due(_setup.Now)];

    /// <summary>Notes the status that a session reports, unless the log has given it meanwhile.</summary>
    public void Confirm(SessionId id, SessionStatus status) => _activity.Confirm(id, status);

    /// <summary>Takes an event of the log.</summary>
    public void Take(IndexEvent happening)
    {
        var id = happening.SessionId;
        switch (happening.Event)
        {
            case SessionEntry entry:
                _index.Put(entry);
                break;
            case SessionDeleted:
                _index.Remove(id);
                _activity.Remove(id);
                if (_setup.IsShared)
                    Tombstones.Add(id, _setup.Now);
                break;
            case SessionStatusChanged m:
                _activity.Take(m);
                break;
            case PermissionRequest m:
                _activity.Add(m);
                break;
            case PermissionReplied m:
                _activity.Remove(m);
                break;
            case QuestionRequest m:
                _activity.Add(m);
                break;
            case QuestionReplied m:
                _activity.Remove(id, m.RequestId);
                break;
            case QuestionRejected m:
                _activity.Remove(id, m.RequestId);
                break;
            case AlwaysRules m when _index.TryGet(id, out var entry):
                _setup.Learned.Add(entry.Directory, m.Rules);
                break;
            default:
                break; // Rules of a session that is deleted by now; idle, which the status before it has said.
        }
    }

    /// <summary>Answers a query that reads the index and no more.</summary>
    public object Answer(IIndexQuery query) => query switch
    {
        IndexQuery.Get q => _index.TryGet(q.SessionId, out var entry) ? new IndexQuery.Found(entry) : new SessionNotFound(q.SessionId),
        IndexQuery.List q => new IndexQuery.Listed(_index.List(q.Query)),
        IndexQuery.ListStatus q => new IndexQuery.Statuses(Active(q.Directory).Where(static active => active.Notes.Status is not IdleStatus)
            .ToImmutableSortedDictionary(static active => active.Id, static active => active.Notes.Status, _byId)),
        IndexQuery.ListPermissions q => new IndexQuery.Permissions(
            [.. Active(q.Directory).SelectMany(static active => active.Notes.Permissions).OrderBy(static request => request.Id.Value, StringComparer.Ordinal)]),
        IndexQuery.ListQuestions q => new IndexQuery.Questions(
            [.. Active(q.Directory).SelectMany(static active => active.Notes.Questions).OrderBy(static request => request.Id.Value, StringComparer.Ordinal)]),
        IndexQuery.FindWaitingSession q => new IndexQuery.WaitingSessionFound(AskerOf(q.RequestId)),
        _ => throw new InvalidOperationException($"The index does not know the query {query.GetType().Name}."),
    };

    private IEnumerable<(SessionId Id, ActiveSession Notes)> Active(string? directory) =>
        _activity.All.Where(active => _index.TryGet(active.Id, out var entry) && (directory is null || entry.Directory == directory));

    private SessionId? AskerOf(string requestId)
    {
        foreach (var (id, notes) in Active(directory: null))
        {
            if (notes.Permissions.Exists(request => request.Id.Value == requestId) || notes.Questions.Exists(request => request.Id.Value == requestId))
                return id;
        }

        return null;
    }
}
