using System.Globalization;

namespace OpenCode.Actors.Clustering.Looks;

/// <summary>Decides from looks alone who is dead (RULES F2): it counts only what it saw itself, without a gap, on one connection to one life of the database.</summary>
internal sealed class Reaper(ClusterOptions options, TimeProvider time)
{
    // Two looks that follow each other at once, because of a hint, are one look.
    private static readonly TimeSpan _freeFor = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan _probeEvery = TimeSpan.FromSeconds(1);

    private readonly Dictionary<(string Name, long Incarnation), Suspect> _suspects = [];
    private (long Connection, string Life)? _line;
    private long _graceUntil;
    private long _lastLook;

    /// <summary>What follows from a look.</summary>
    /// <param name="Dead">Who is dead.</param>
    /// <param name="ToProbe">Whose process may be gone: to be found out by a connect.</param>
    /// <param name="BegunAnew">Why nothing that was counted before holds any more; null if it does, and where nothing was counted.</param>
    public sealed record Verdict(IReadOnlyList<Member> Dead, IReadOnlyList<Member> ToProbe, string? BegunAnew);

    /// <summary>A look has failed: nothing that was counted holds any more.</summary>
    public void LookFailed()
    {
        _line = null;
        _suspects.Clear();
    }

    /// <summary>Counts a good look.</summary>
    /// <param name="look">What it saw.</param>
    /// <param name="sent">When it was sent.</param>
    /// <param name="self">Who looks.</param>
    /// <returns>What follows.</returns>
    public Verdict Saw(ClusterLook look, long sent, Member self)
    {
        var now = time.GetTimestamp();
        string? begunAnew = null;
        if (_line != (look.Connection, look.Life))
        {
            begunAnew = _line is null ? null : "the connection or the run of the database is another one";
            LookFailed();
            _line = (look.Connection, look.Life);
            _graceUntil = now + Ticks(options.Grace);
        }
        else if (time.GetElapsedTime(_lastLook, now) is var gap && gap > ClusterOptions.LookGap)
        {
            begunAnew = string.Create(CultureInfo.InvariantCulture, $"the look before was {gap.TotalMilliseconds:0} ms ago, this one took {time.GetElapsedTime(sent, now).TotalMilliseconds:0} ms");
            _suspects.Clear();
        }

        _lastLook = now;

        // A look may see this node's own row before the node knows that it has joined: it is no suspect from then on.
        List<SeenMember> others = [.. look.Members.Where(seen => !seen.Member.Is(self))];
        foreach (var gone in _suspects.Keys.Where(key => !others.Any(seen => (seen.Member.Name, seen.Member.Incarnation) == key)).ToList())
            _suspects.Remove(gone);

        List<Member> dead = [];
        List<Member> toProbe = [];
        foreach (var seen in others)
            Judge(seen, sent, now, dead, toProbe);
        return new Verdict(dead, toProbe, begunAnew);
    }

    /// <summary>
    /// Returns whether a member is late with its beat: two renewals and a half. It is not dead by that, but nobody gives it anything. Says nothing of who looks.
    /// </summary>
    /// <param name="member">One of the last look.</param>
    public bool IsSilent(Member member) =>
        _suspects.TryGetValue((member.Name, member.Incarnation), out var suspect) && time.GetElapsedTime(suspect.BeatSince) > options.Renew * 2.5;

    private void Judge(SeenMember seen, long sent, long now, List<Member> dead, List<Member> toProbe)
    {
        var member = seen.Member;
        if (!_suspects.TryGetValue((member.Name, member.Incarnation), out var suspect))
            _suspects.Add((member.Name, member.Incarnation), suspect = new Suspect { Beat = member.Beat, BeatSince = now });
        if (suspect.Beat != member.Beat)
            (suspect.Beat, suspect.BeatSince) = (member.Beat, now);

        // What an answer shows was true at some moment between question and answer: the shortest time that it can have been is what counts.
        if (now >= _graceUntil && time.GetElapsedTime(suspect.BeatSince, sent) >= options.Lease)
            dead.Add(member);

        if (seen.IsLockHeld)
        {
            (suspect.WasHeld, suspect.FreeSince) = (true, null);
            return;
        }

        suspect.FreeSince ??= now;
        if (!suspect.WasHeld || time.GetElapsedTime(suspect.FreeSince.Value, sent) < _freeFor || now < suspect.NextProbe)
            return;
        suspect.NextProbe = now + Ticks(_probeEvery);
        toProbe.Add(member);
    }

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);

    private sealed class Suspect
    {
        public long Beat { get; set; }

        public long BeatSince { get; set; }

        public bool WasHeld { get; set; }

        public long? FreeSince { get; set; }

        public long NextProbe { get; set; }
    }
}
