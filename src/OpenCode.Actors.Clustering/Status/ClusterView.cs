using Akka.Cluster;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Sessions.Readiness;

namespace OpenCode.Actors.Clustering.Status;

/// <summary>The cluster as one node sees it: Akka's members beside the rows of the database.</summary>
/// <param name="Me">The node.</param>
/// <param name="Availability">What the node may do.</param>
/// <param name="Members">The members by Akka, the node among them, in order of their addresses.</param>
/// <param name="Rows">The rows; null when the database does not answer.</param>
internal sealed record ClusterView(NodeIdentity Me, Availability Availability, IReadOnlyList<MemberLine> Members, ClusterRows? Rows);

/// <summary>A member by Akka.</summary>
/// <param name="Address">Its address.</param>
/// <param name="Uid">Its uid.</param>
/// <param name="Status">Its status, as Akka calls it.</param>
/// <param name="IsReachable">Whether it is heard.</param>
/// <param name="Shards">How many shards its shard region has; null when it did not say in time.</param>
internal sealed record MemberLine(string Address, long Uid, string Status, bool IsReachable, int? Shards = null)
{
    /// <summary>Gets a value indicating whether it is up.</summary>
    public bool IsUp => Status == nameof(MemberStatus.Up);

    /// <summary>True if a row is of this life of this member.</summary>
    /// <param name="node">The identity in the row.</param>
    public bool Is(NodeIdentity node) => node.Uid == Uid && node.Address == Address;

    /// <summary>Reads the members of a cluster.</summary>
    /// <param name="cluster">The cluster.</param>
    public static IReadOnlyList<MemberLine> Of(Cluster cluster)
    {
        var state = cluster.State;
        return
        [
            .. state.Members
                .Select(member => new MemberLine(member.Address.ToString(), member.UniqueAddress.Uid, member.Status.ToString(), !state.Unreachable.Contains(member)))
                .OrderBy(static member => member.Address, StringComparer.Ordinal),
        ];
    }
}
