using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using OpenCode.Actors.Clustering;

namespace OpenCode.Actors.Server.Cluster.Forwarding;

/// <summary>Members that cannot be reached from this node although the database shows that they live: the way between the two is cut, and no takeover will end the wait.</summary>
/// <remarks>Safe for many threads.</remarks>
internal sealed class CutOffNodes(ICluster cluster, TimeProvider time)
{
    // Less is a moment in which a machine stood still, this one or the other. A connection that the kernel has given up took longer.
    private static readonly TimeSpan _silence = TimeSpan.FromMilliseconds(1_500);

    // What was on its way to the database when a process died is seen by then: a beat that moves later is a living one's.
    private static readonly TimeSpan _onItsWay = TimeSpan.FromMilliseconds(750);

    // The next beat of a living one is seen in less.
    private static readonly TimeSpan _doubt = TimeSpan.FromMilliseconds(1_500);

    // Whoever waits tries more often: after that long the failures before are another story.
    private static readonly TimeSpan _streak = TimeSpan.FromSeconds(3);

    // For so long nobody tries, and then one for all, who knows within a second whether there is a connection.
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan _oneTries = TimeSpan.FromMilliseconds(1_200);

    private readonly ConcurrentDictionary<string, Contact> _contacts = [];

    /// <summary>Returns what is known of the way to a member, so that a command need not find it out once more.</summary>
    /// <remarks>Now and then a way that was cut is open for one caller, whose try is to tell.</remarks>
    public Way WayTo(Member member)
    {
        if (!_contacts.TryGetValue(member.Name, out var contact) || contact.Incarnation != member.Incarnation || contact.Since is not { } since)
            return Way.Open;
        if (contact.TriedAt is { } tried)
            return time.GetElapsedTime(tried) < _oneTries ? Way.Cut : Way.Open;

        var (now, age) = (time.GetTimestamp(), time.GetElapsedTime(contact.LastAt));
        if (contact.IsShown)
            return age < _pause || !_contacts.TryUpdate(member.Name, contact with { IsShown = false, TriedAt = now }, contact) ? Way.Cut : Way.Open;
        if (time.GetElapsedTime(since, contact.LastAt) < _silence || age >= _doubt)
            return Way.Open;
        if (!HasLivedSince(member, since))
            return Way.Doubtful;

        _contacts.TryUpdate(member.Name, contact with { IsShown = true, LastAt = now }, contact);
        return Way.Cut;
    }

    /// <summary>Notes that it was not reached.</summary>
    /// <param name="unreached">Who.</param>
    /// <param name="silentFor">For how long nothing was heard of it by then, though it was spoken to; zero when something else has said that it is not there.</param>
    /// <returns>Whether it has gone on living since that began.</returns>
    public bool IsShownBy(Member unreached, TimeSpan silentFor)
    {
        var now = time.GetTimestamp();
        var since = now - (long)(silentFor.TotalSeconds * time.TimestampFrequency);
        return _contacts.AddOrUpdate(unreached.Name, _ => Failed(since), (_, before) => Failed(Since(before))).IsShown;

        long Since(Contact before) => before switch
        {
            _ when before.Incarnation != unreached.Incarnation => since,
            { Since: null } => Math.Max(since, before.LastAt),
            { Since: { } earlier } when time.GetElapsedTime(before.LastAt, now) < _streak => Math.Min(since, earlier),
            _ => since,
        };

        Contact Failed(long from) =>
            new(unreached.Incarnation, from, now, time.GetElapsedTime(from, now) >= _silence && HasLivedSince(unreached, from), TriedAt: null);
    }

    /// <summary>Notes that it was reached.</summary>
    public void Reached(Member member) => _contacts[member.Name] = new Contact(member.Incarnation, Since: null, time.GetTimestamp(), IsShown: false, TriedAt: null);

    private bool HasLivedSince(Member member, long since) => time.GetElapsedTime(since) - cluster.SinceBeat(member) >= _onItsWay;

    /// <summary>What the last tries have shown.</summary>
    /// <param name="Incarnation">Of whom.</param>
    /// <param name="Since">The beginning of the time in which it was not reached; null when it was at the last try.</param>
    /// <param name="LastAt">When the last try ended.</param>
    /// <param name="IsShown">Whether it has lived on since then.</param>
    /// <param name="TriedAt">When somebody began a try for all.</param>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Contact(long Incarnation, long? Since, long LastAt, bool IsShown, long? TriedAt);
}

/// <summary>What is known of the way from this node to another one.</summary>
internal enum Way
{
    /// <summary>Nothing speaks against it.</summary>
    Open,

    /// <summary>It was silent for long a moment ago, and whether it lives is not known yet: the next look may tell, another try cannot.</summary>
    Doubtful,

    /// <summary>It lives and is not reached.</summary>
    Cut,
}
