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
    /// <returns>Whether it has gone on living since that began.</returns>
    public bool IsShownBy(Member unreached)
    {
        var beat = cluster.View.Members.FirstOrDefault(member => member.Is(unreached))?.Beat ?? unreached.Beat;
        var now = time.GetTimestamp();
        var streak = _failures.AddOrUpdate(
            (unreached.Name, unreached.Incarnation), _ => (beat, now), (_, before) => (time.GetElapsedTime(before.LastAt, now) < _streak ? before.Beat : beat, now));
        return beat - streak.Beat >= BeatsOfTheLiving;
    }

    /// <summary>Notes that it was reached.</summary>
    public void Reached(Member member) => _failures.TryRemove((member.Name, member.Incarnation), out _);
}
