using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using OpenCode.Actors.Clustering;

namespace OpenCode.Actors.Server.Cluster.Forwarding;

/// <summary>Members that cannot be reached from this node although the database shows that they live: the way between the two is cut, and no takeover will end the wait.</summary>
/// <remarks>Safe for many threads.</remarks>
internal sealed class CutOffNodes(ICluster cluster, TimeProvider time)
{
    // The beat that is known may be one renewal old, and one more may have been under way when a process died.
    private const int BeatsOfTheLiving = 3;

    // Whoever waits tries more often: after that long the failures before are another story.
    private static readonly TimeSpan _streak = TimeSpan.FromSeconds(3);

    // For so long nobody tries, and then one for all, who knows within a second whether there is a connection.
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan _oneTries = TimeSpan.FromMilliseconds(1_200);

    private readonly ConcurrentDictionary<(string Name, long Incarnation), Streak> _failures = [];

    /// <summary>Returns whether it was shown a moment ago, so that a command need not find it out once more.</summary>
    /// <remarks>Now and then it is false for one caller, whose try is to tell.</remarks>
    public bool IsKnown(Member member)
    {
        var key = (member.Name, member.Incarnation);
        if (!_failures.TryGetValue(key, out var streak))
            return false;
        if (streak.TriedAt is { } tried)
            return time.GetElapsedTime(tried) < _oneTries;
        if (!streak.IsShown)
            return false;
        return time.GetElapsedTime(streak.LastAt) < _pause || !_failures.TryUpdate(key, streak with { IsShown = false, TriedAt = time.GetTimestamp() }, streak);
    }

    /// <summary>Notes that it was not reached.</summary>
    /// <param name="unreached">As it was known when it was asked.</param>
    /// <param name="hasBeenSilent">It was waited for until the connection was given up: a renewal of before that is known by now, and the next one shows a life.</param>
    /// <returns>Whether it has gone on living since that began.</returns>
    public bool IsShownBy(Member unreached, bool hasBeenSilent = false)
    {
        var beat = cluster.View.Members.FirstOrDefault(member => member.Is(unreached))?.Beat ?? unreached.Beat;
        var now = time.GetTimestamp();
        var first = hasBeenSilent ? beat - BeatsOfTheLiving + 1 : beat;
        return _failures.AddOrUpdate(
            (unreached.Name, unreached.Incarnation),
            _ => Shown(first),
            (_, before) => Shown(time.GetElapsedTime(before.LastAt, now) < _streak ? before.Beat : first)).IsShown;

        Streak Shown(long since) => new(since, now, beat - since >= BeatsOfTheLiving, TriedAt: null);
    }

    /// <summary>Notes that it was reached.</summary>
    public void Reached(Member member) => _failures.TryRemove((member.Name, member.Incarnation), out _);

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Streak(long Beat, long LastAt, bool IsShown, long? TriedAt);
}
