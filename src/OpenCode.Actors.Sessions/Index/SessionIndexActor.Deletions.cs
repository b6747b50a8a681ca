using Akka.Actor;
using Akka.Event;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Commands;

namespace OpenCode.Actors.Sessions.Index;

/// <content>Deletions of trees: one at a time for each session, begun again until it is done.</content>
internal sealed partial class SessionIndexActor
{
    // Those that run, with those that wait for their end; and those that are to be begun again, on a node that is alone. Others find them in the rows.
    private readonly Dictionary<SessionId, List<IActorRef>> _deletions = [];
    private readonly HashSet<SessionId> _unfinishedDeletions = [];

    /// <summary>The rows of unfinished deletions are read; those of tombstones too, as they were at a time, if one was due.</summary>
    private sealed record DeletionsRead(IReadOnlyList<SessionId> Deletions, IReadOnlySet<SessionId>? Tombstones, long At, IActorRef Asker) : IDeadLetterSuppression;

    /// <summary>The rows of unfinished deletions could not be read.</summary>
    private sealed record DeletionsUnread(Exception Cause, IActorRef Asker) : IDeadLetterSuppression;

    private void Deleting()
    {
        Receive<DeletionActor.Ended>(OnDeletionEnded);
        Receive<DeletionsRead>(OnDeletionsRead);
        Receive<DeletionsUnread>(m => m.Asker.Tell(new Unavailable(m.Cause.Message, _retryAfter)));
    }

    private void BeginDeletion(SessionId id, IActorRef asker)
    {
        if (_deletions.TryGetValue(id, out var askers))
        {
            askers.Add(asker);
        }
        else if (_index.TryGet(id, out _))
        {
            _deletions.Add(id, [asker]);
            Context.ActorOf(DeletionActor.PropsFor(_region, id));
        }
        else
        {
            asker.Tell(new SessionNotFound(id));
        }
    }

    private void OnDeletionEnded(DeletionActor.Ended message)
    {
        if (message.IsUnfinished)
            _unfinishedDeletions.Add(message.Root);
        else if (message.Answer is Deleted or SessionNotFound)
            _unfinishedDeletions.Remove(message.Root);
        if (!_deletions.Remove(message.Root, out var askers))
            return; // Of the incarnation before.

        foreach (var asker in askers)
            asker.Tell(message.Answer);
    }

    private void GoOnDeleting()
    {
        foreach (var id in _unfinishedDeletions.Where(id => _index.TryGet(id, out _)).ToList())
            BeginDeletion(id, ActorRefs.Nobody);
    }

    // The mark of a deletion is a row without an event: a node that followed the log alone would not know of it.
    private void ListUnfinishedWithDeletions(IActorRef asker)
    {
        var now = _setup.Now;
        ReadDeletionsAsync(_tombstones.Due(now).Any()).PipeTo(
            Self, success: read => new DeletionsRead(read.Deletions, read.Tombstones, now, asker), failure: cause => new DeletionsUnread(cause, asker));
    }

    private async Task<(IReadOnlyList<SessionId> Deletions, IReadOnlySet<SessionId>? Tombstones)> ReadDeletionsAsync(bool withTombstones)
    {
        if (!_setup.IsShared)
            return ([.. _unfinishedDeletions], null);

        var deletions = await Survey.ReadDeletionsAsync(_setup.Journal, _stopped.Token);
        return (deletions, withTombstones ? await Survey.ReadBuriedAsync(_setup.Journal, _stopped.Token) : null);
    }

    // A tombstone that goes is a row without an event, too.
    private void OnDeletionsRead(DeletionsRead message)
    {
        if (message.Tombstones is { } there)
            _tombstones.Forget(message.At, there);
        message.Asker.Tell(new Unfinished(ListUnfinishedNow(), message.Deletions));
    }

    private void RefuseDeletions(Unavailable refusal)
    {
        foreach (var asker in _deletions.Values.SelectMany(static askers => askers))
            asker.Tell(refusal);
    }
}
