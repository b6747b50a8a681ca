using OpenCode.Actors.Protocol.Ids;

namespace OpenCode.Actors.Sessions.Index;

/// <summary>The sessions that were deleted by name and have a tombstone, until it may go. Belongs to the index's actor, which alone touches it.</summary>
internal sealed class Tombstones
{
    private readonly Queue<(SessionId SessionId, long At)> _byTime = [];

    /// <summary>Notes a deletion.</summary>
    /// <param name="id">The session.</param>
    /// <param name="at">When, in milliseconds of the epoch. About in order.</param>
    public void Add(SessionId id, long at) => _byTime.Enqueue((id, at));

    /// <summary>Takes those whose time is over. A session that is woken then removes its tombstone.</summary>
    public IEnumerable<SessionId> TakeDue(long now)
    {
        while (_byTime.TryPeek(out var oldest) && now - oldest.At >= SessionActor.TombstoneMs)
            yield return _byTime.Dequeue().SessionId;
    }
}
