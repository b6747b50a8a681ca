using Akka.Actor;
using Akka.Cluster;

namespace OpenCode.Actors.Clustering.Downing;

/// <summary>Another member of the cluster.</summary>
/// <param name="Node">Which life of which address.</param>
/// <param name="IsUp">Whether it is up, and not on its way in or out.</param>
/// <param name="IsReachable">Whether this node's view has it reachable.</param>
internal sealed record Peer(UniqueAddress Node, bool IsUp, bool IsReachable)
{
    /// <summary>Gets a value indicating whether it is on its way out by its own wish.</summary>
    public bool IsLeaving { get; init; }
}

/// <summary>The members as Akka sees them, and how one is removed.</summary>
internal interface IPeers
{
    /// <summary>Gets the other members.</summary>
    IReadOnlyList<Peer> Others { get; }

    /// <summary>Gets a value indicating whether the first member, in the order all nodes have, is this node or one it reaches.</summary>
    bool HasFirst { get; }

    /// <summary>Removes a member that is dead: quarantine and down together.</summary>
    void Remove(UniqueAddress node);
}
