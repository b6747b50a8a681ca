using System.Collections.Concurrent;
using OpenCode.Actors.Clustering;

namespace OpenCode.Actors.Server.Cluster.Forwarding;

/// <summary>Members that cannot be reached from this node although the database shows that they live: the way between the two is cut, and no takeover will end the wait.</summary>
/// <remarks>Safe for many threads.</remarks>
internal sealed class CutOffNodes(ICluster cluster, TimeProvider time)
{
    // The beat that is known may be one renewal old, and one more may have been under way when a process died.
    private const int BeatsOfTheLiving = 3;

    // Whoever waits tries more often: after that long the failures before are another story.
    private static readonly TimeSpan _streak = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<(string Name, long Incarnation), (long Beat, long LastAt)> _failures = [];

    /// <summary>Notes that it was not reached.</summary>
    /// <param name="unreached">As it was known when it was asked.</param>
    /// <param name="hasBeenSilent">It was waited for until the connection was given up: a renewal of before that is known by now, and the next one shows a life.</param>
    /// <returns>Whether it has gone on living since that began.</returns>
    public bool IsShownBy(Member unreached, bool hasBeenSilent = false)
    {
        var beat = cluster.View.Members.FirstOrDefault(member => member.Is(unreached))?.Beat ?? unreached.Beat;
        var now = time.GetTimestamp();
        var first = hasBeenSilent ? beat - BeatsOfTheLiving + 1 : beat;
        var streak = _failures.AddOrUpdate(
            (unreached.Name, unreached.Incarnation), _ => (first, now), (_, before) => (time.GetElapsedTime(before.LastAt, now) < _streak ? before.Beat : first, now));
        return beat - streak.Beat >= BeatsOfTheLiving;
    }

    /// <summary>Notes that it was reached.</summary>
    public void Reached(Member member) => _failures.TryRemove((member.Name, member.Incarnation), out _);
}
