using System.Globalization;
using OpenCode.Actors.Journal.Nodes;

namespace OpenCode.Actors.Clustering.Status;

/// <summary>A cluster as text for people: a line for each member, then what is wrong. Ends with a line feed.</summary>
internal static class ClusterReport
{
    /// <summary>Writes what the database says. Needs no node.</summary>
    /// <param name="rows">The rows.</param>
    public static string Of(ClusterRows rows) => Text(
    [
        .. new TextTable(
            ["node", "address", "status", "process", "shards", "behind", "version"],
            rows.Nodes.Select(row => new[]
            {
                row.Description.Identity.Name, row.Description.Identity.Address, StatusOf(row), ProcessOf(row, rows), Number(rows.ShardsOf(row.Description.Identity)), Number(row.Behind),
                row.Description.Version,
            })).Lines,
        .. ShardLines(rows),
        .. rows.Nodes.Where(row => rows.HasProcess(row.Description.Identity) == false).Select(static row =>
            $"The process of {NameOf(row.Description.Identity)} does not hold its lock: it has ended, or cannot reach the database. The other nodes, or the next one that starts, declare it dead."),
    ]);

    /// <summary>Writes what a node sees: the rows beside Akka's members.</summary>
    /// <param name="view">What it sees.</param>
    public static string Of(ClusterView view) => Text(
    [
        $"Seen by {NameOf(view.Me)}, {view.Availability.State.ToString().ToLowerInvariant()}{(view.Availability.Reason.Length > 0 ? ": " + view.Availability.Reason : ".")}",
        .. view.Rows is { } rows ? BothLines(view.Members, rows) : MemberLines(view.Members),
        .. view.Members.Where(static member => !member.IsReachable).Select(static member => $"This node does not hear the member {member.Address}."),
    ]);

    private static IEnumerable<string> BothLines(IReadOnlyList<MemberLine> members, ClusterRows rows)
    {
        var joined = rows.Nodes.Select(row => (Row: row, Me: row.Description.Identity, Member: members.FirstOrDefault(member => member.Is(row.Description.Identity)))).ToList();
        var unknown = members.Where(member => !rows.Nodes.Any(row => member.Is(row.Description.Identity))).ToList();
        return
        [
            .. new TextTable(
                ["node", "address", "status", "member", "shards", "running", "behind", "version"],
                [
                    .. joined.Select(node => new[]
                    {
                        node.Me.Name, node.Me.Address, StatusOf(node.Row), node.Member is { } member ? StatusOf(member) : "-", Number(rows.ShardsOf(node.Me)), Number(node.Member?.Shards),
                        Number(node.Row.Behind), node.Row.Description.Version,
                    }),
                    .. unknown.Select(static member => new[] { "-", member.Address, "-", StatusOf(member), "-", Number(member.Shards), "-", "-" }),
                ]).Lines,
            .. ShardLines(rows),
            .. joined.Where(static node => node.Member is null).Select(static node =>
                $"The database has {NameOf(node.Me)}, which is no member of Akka's cluster: it is joining, or it is gone and not declared dead yet."),
            .. unknown.Select(static member =>
                $"Akka's cluster has the member {member.Address} (uid {member.Uid}), which the database does not have among the living: it has left or was declared dead, and ends."),
        ];
    }

    private static IEnumerable<string> MemberLines(IReadOnlyList<MemberLine> members) =>
    [
        "The database does not answer. These are the members by Akka alone.",
        .. new TextTable(["address", "member", "running"], members.Select(static member => new[] { member.Address, StatusOf(member), Number(member.Shards) })).Lines,
    ];

    private static IEnumerable<string> ShardLines(ClusterRows rows)
    {
        var unowned = rows.Unowned;
        var claimed = rows.Shards.Count - unowned.Count - rows.NeverClaimed;
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"{rows.Nodes.Count} members. {rows.Shards.Count} shards: {claimed} claimed by them, {rows.NeverClaimed} never claimed, {unowned.Count} without an owner.");
        if (unowned.Count > 0)
            yield return $"Without an owner: {string.Join(", ", unowned)}. Such a shard is claimed with the next command for one of its sessions; unfinished turns wake theirs within 10 s.";
    }

    private static string ProcessOf(NodeRow row, ClusterRows rows) => rows.HasProcess(row.Description.Identity) switch
    {
        true => "running",
        false => "gone",
        null => "-",
    };

    private static string StatusOf(NodeRow row) => row.Status.ToString().ToLowerInvariant();

    private static string StatusOf(MemberLine member) => member.Status.ToLowerInvariant() + (member.IsReachable ? "" : ", not heard");

    private static string NameOf(NodeIdentity node) => $"'{node.Name}' at {node.Address}";

    private static string Number(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "-";

    private static string Text(IEnumerable<string> lines) => string.Concat(lines.Select(static line => line + "\n"));
}
