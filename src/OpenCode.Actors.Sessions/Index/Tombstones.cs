using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Sessions.Index;

/// <summary>The sessions that were deleted by name and have a tombstone, until it has gone. Belongs to the index's actor, which alone touches it.</summary>
internal sealed class Tombstones
{
    private readonly List<(SessionId SessionId, long At)> _byTime = [];

    /// <summary>Notes a deletion.</summary>
    /// <param name="id">The session.</param>
    /// <param name="at">When, in milliseconds of the epoch. About in order.</param>
    public void Add(SessionId id, long at) => _byTime.Add((id, at));

    /// <summary>Gets those whose time is over. A session that is woken then removes its tombstone; a wake that is lost is sent again, so they stay here.</summary>
    public IEnumerable<SessionId> Due(long now) => _byTime.TakeWhile(tombstone => IsDue(tombstone.At, now)).Select(static tombstone => tombstone.SessionId);

    /// <summary>Forgets those whose time is over and whose row has gone.</summary>
    /// <param name="now">The time, in milliseconds of the epoch.</param>
    /// <param name="there">The sessions that have a tombstone in the rows.</param>
    public void Forget(long now, IReadOnlySet<SessionId> there) => _byTime.RemoveAll(tombstone => IsDue(tombstone.At, now) && !there.Contains(tombstone.SessionId));

    private static bool IsDue(long at, long now) => now - at >= Tombstone.KeptMs;
}
