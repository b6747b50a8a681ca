using Akka.Actor;
using Akka.Event;
using OpenCode.Actors.Protocol.Ids;

namespace OpenCode.Actors.Sessions.Index;

/// <content>Deletions of trees: one at a time for each session, begun again until it is done.</content>
internal sealed partial class SessionIndexActor
{
    // Those that run, with those that wait for their end; and those that are to be begun again, on a node that is alone. Others find them in the rows.
    private readonly Dictionary<SessionId, List<IActorRef>> _deletions = [];
    private readonly HashSet<SessionId> _unfinishedDeletions = [];

    /// <summary>The rows of unfinished deletions are read.</summary>
    private sealed record DeletionsRead(IReadOnlyList<SessionId> Deletions, IActorRef Asker) : IDeadLetterSuppression;

    /// <summary>The rows of unfinished deletions could not be read.</summary>
    private sealed record DeletionsUnread(Exception Cause, IActorRef Asker) : IDeadLetterSuppression;

    private void Deleting()
    {
        Receive<DeletionActor.Ended>(OnDeletionEnded);
        Receive<DeletionsRead>(m => m.Asker.Tell(new Unfinished(TakeUnfinished(), m.Deletions)));
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
        else
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
    private void ListUnfinishedWithDeletions(IActorRef asker) => ReadDeletionsAsync().PipeTo(
        Self, success: deletions => new DeletionsRead(deletions, asker), failure: cause => new DeletionsUnread(cause, asker));

    private async Task<IReadOnlyList<SessionId>> ReadDeletionsAsync() =>
        _setup.IsShared ? await Survey.ReadDeletionsAsync(_setup.Journal, _stopped.Token) : [.. _unfinishedDeletions];

    private void RefuseDeletions(Unavailable refusal)
    {
        foreach (var asker in _deletions.Values.SelectMany(static askers => askers))
            asker.Tell(refusal);
    }
}
