using Akka.Actor;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Commands;

namespace OpenCode.Actors.Sessions.Index;

/// <summary>The deletions of trees: one at a time for each session, begun again until it is done. Belongs to the index's actor, which alone touches it.</summary>
/// <param name="start">Starts the <see cref="DeletionActor"/> of a session.</param>
internal sealed class Deletions(Action<SessionId> start)
{
    private readonly Dictionary<SessionId, List<IActorRef>> _running = [];
    private readonly HashSet<SessionId> _unfinished = [];

    /// <summary>Gets the sessions whose deletion runs.</summary>
    public IReadOnlyCollection<SessionId> Running => _running.Keys;

    /// <summary>Gets the sessions whose deletion is to be begun again, on a node that is alone. In a cluster the rows have them.</summary>
    public IReadOnlySet<SessionId> Unfinished => _unfinished;

    /// <summary>Begins a deletion, or joins the one that runs.</summary>
    public void Begin(SessionId id, IActorRef asker)
    {
        if (_running.TryGetValue(id, out var askers))
        {
            askers.Add(asker);
            return;
        }

        _running.Add(id, [asker]);
        start(id);
    }

    /// <summary>Takes the end of a deletion, and answers those that wait for it.</summary>
    public void End(DeletionActor.Ended ended)
    {
        if (ended.IsUnfinished)
            _unfinished.Add(ended.Root);
        else if (ended.Answer is Deleted or SessionNotFound)
            _unfinished.Remove(ended.Root);
        if (!_running.Remove(ended.Root, out var askers))
            return; // Of the incarnation before.

        foreach (var asker in askers)
            asker.Tell(ended.Answer);
    }

    /// <summary>Replaces what is unfinished by what the rows say.</summary>
    public void SetUnfinished(IEnumerable<SessionId> unfinished)
    {
        _unfinished.Clear();
        _unfinished.UnionWith(unfinished);
    }

    /// <summary>Refuses all that wait.</summary>
    public void RefuseAll(Unavailable refusal)
    {
        foreach (var asker in _running.Values.SelectMany(static askers => askers))
            asker.Tell(refusal);
    }
}
