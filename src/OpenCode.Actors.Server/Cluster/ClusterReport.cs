using System.Globalization;
using System.Text;
using OpenCode.Actors.Clustering;

namespace OpenCode.Actors.Server.Cluster;

/// <summary>Tells two looks at a cluster, a little apart, to people.</summary>
internal static class ClusterReport
{
    /// <summary>Writes a line for each member, and what nobody owns.</summary>
    /// <param name="before">The first look.</param>
    /// <param name="after">The second one.</param>
    /// <param name="lags">How many events of the log each member had still to read at its last renewal.</param>
    public static string Write(ClusterLook before, ClusterLook after, IReadOnlyDictionary<(string Name, long Incarnation), long> lags)
    {
        var text = new StringBuilder();
        Line(text, $"{"node",-20} {"life",6} {"status",-8} {"shards",6} {"behind",8} {"lease",-24} url");
        foreach (var (member, isLockHeld) in after.Members.Select(seen => (seen.Member, seen.IsLockHeld)))
        {
            var shards = after.Shards.Count(member.Owns);
            var behind = lags.TryGetValue((member.Name, member.Incarnation), out var lag) ? lag.ToString(CultureInfo.InvariantCulture) : "-";
            Line(text, $"{member.Name,-20} {member.Incarnation,6} {member.Status.ToString().ToLowerInvariant(),-8} {shards,6} {behind,8} {Lease(member, before, isLockHeld),-24} {member.Url}");
        }

        var unowned = after.Shards.Count(shard => !after.Members.Any(seen => seen.Member.Owns(shard)));
        Line(text, $"{after.Shards.Count} shards, {unowned} without an owner; {after.Members.Count} members.");
        return text.ToString();
    }

    private static string Lease(Member member, ClusterLook before, bool isLockHeld)
    {
        var earlier = before.Members.FirstOrDefault(seen => seen.Member.Is(member))?.Member.Beat;
        return (earlier, isLockHeld) switch
        {
            (null, _) => "new",
            ({ } beat, _) when beat < member.Beat => "renewed",
            (_, true) => "not renewed, process there",
            _ => "not renewed, process gone",
        };
    }

    private static void Line(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
