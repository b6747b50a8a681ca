using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Commands;

namespace OpenCode.Actors.Sessions.Index;

/// <content>Queries: answered once the index has followed the log to where it was when the query came.</content>
internal sealed partial class SessionIndexActor
{
    private static readonly Comparer<SessionId> _byId = Comparer<SessionId>.Create(static (a, b) => string.CompareOrdinal(a.Value, b.Value));

    private readonly List<(long Head, IIndexQuery Query, IActorRef Sender)> _awaitingLog = [];
    private List<(IIndexQuery Query, IActorRef Sender)> _queries = [];
    private List<(IIndexQuery Query, IActorRef Sender)> _catchingUp = [];
    private bool _isCatchingUp;

    /// <summary>The head of the log when the queries came.</summary>
    private sealed record CaughtUp(long Head) : IDeadLetterSuppression;

    /// <summary>The head of the log could not be read: the queries are refused.</summary>
    private sealed record CatchUpFailed(Exception Cause) : IDeadLetterSuppression;

    private void CatchingUp()
    {
        Receive<CaughtUp>(OnCaughtUp);
        Receive<CatchUpFailed>(OnCatchUpFailed);
    }

    private void KeepQuery(IIndexQuery query)
    {
        if (_queries.Count < MaxQueriesAtStart)
            _queries.Add((query, Sender));
        else
            Sender.Tell(new Unavailable("The server is starting and has more to do than it can take.", _retryAfter));
    }

    private void OnQuery(IIndexQuery query)
    {
        _queries.Add((query, Sender));
        CatchUp();
    }

    // One look at the head of the log serves all queries that came before it began.
    private void CatchUp()
    {
        if (_isCatchingUp || _queries.Count == 0)
            return;

        _isCatchingUp = true;
        (_catchingUp, _queries) = (_queries, []);
        CatchUpAsync().PipeTo(Self, success: static head => new CaughtUp(head), failure: static cause => new CatchUpFailed(cause));
    }

    private async Task<long> CatchUpAsync() => await _setup.Journal.CatchUpAsync(_stopped.Token);

    private void OnCaughtUp(CaughtUp message)
    {
        foreach (var (query, sender) in _catchingUp)
            _awaitingLog.Add((message.Head, query, sender));
        EndCatchUp();
        AnswerFollowed();
        CatchUp();
    }

    private void OnCatchUpFailed(CatchUpFailed message)
    {
        foreach (var (_, sender) in _catchingUp)
            sender.Tell(new Unavailable(message.Cause.Message, _retryAfter));
        EndCatchUp();
        CatchUp();
    }

    private void EndCatchUp()
    {
        _isCatchingUp = false;
        _catchingUp = [];
    }

    private void AnswerFollowed()
    {
        if (!_isServing)
            return;

        foreach (var (head, query, sender) in _awaitingLog)
        {
            if (head <= _followed)
                Answer(query, sender);
        }

        _awaitingLog.RemoveAll(waiting => waiting.Head <= _followed);
    }

    private void RefuseQueries(Unavailable refusal)
    {
        foreach (var sender in _queries.Concat(_catchingUp).Select(static waiting => waiting.Sender).Concat(_awaitingLog.Select(static waiting => waiting.Sender)))
            sender.Tell(refusal);
    }

    private void Answer(IIndexQuery query, IActorRef sender)
    {
        switch (query)
        {
            case Delete q: BeginDeletion(q.SessionId, sender); break;
            case ListUnfinished: ListUnfinishedWithDeletions(sender); break;
            default: sender.Tell(AnswerTo(query)); break;
        }
    }

    private object AnswerTo(IIndexQuery query) => query switch
    {
        Get q => _index.TryGet(q.SessionId, out var entry) ? new Found(entry) : new SessionNotFound(q.SessionId),
        List q => new Listed(_index.List(q.Query)),
        ListStatus q => new Statuses(Active(q.Directory).Where(static active => active.Notes.Status is not IdleStatus)
            .ToImmutableSortedDictionary(static active => active.Id, static active => active.Notes.Status, _byId)),
        ListPermissions q => new Permissions(
            [.. Active(q.Directory).SelectMany(static active => active.Notes.Permissions).OrderBy(static request => request.Id.Value, StringComparer.Ordinal)]),
        ListQuestions q => new Questions(
            [.. Active(q.Directory).SelectMany(static active => active.Notes.Questions).OrderBy(static request => request.Id.Value, StringComparer.Ordinal)]),
        FollowLog => new Followed(_followed),
        FindAsker q => new AskerFound(AskerOf(q.RequestId)),
        _ => throw new InvalidOperationException($"The index does not know the query {query.GetType().Name}."),
    };

    private IEnumerable<(SessionId Id, SessionNotes Notes)> Active(string? directory) =>
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
