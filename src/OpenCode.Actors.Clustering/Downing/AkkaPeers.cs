using Akka.Actor;
using Akka.Cluster;
using Akka.Remote;

namespace OpenCode.Actors.Clustering.Downing;

/// <summary>The members of Akka's cluster.</summary>
/// <param name="cluster">The cluster.</param>
internal sealed class AkkaPeers(Cluster cluster) : IPeers
{
    /// <inheritdoc/>
    public IReadOnlyList<Peer> Others
    {
        get
        {
            var state = cluster.State;
            return
            [
                .. state.Members
                    .Where(member => member.UniqueAddress != cluster.SelfUniqueAddress && member.Status is not (MemberStatus.Down or MemberStatus.Removed))
                    .Select(member => new Peer(member.UniqueAddress, member.Status == MemberStatus.Up, !state.Unreachable.Contains(member))
                    {
                        IsLeaving = member.Status is MemberStatus.Leaving or MemberStatus.Exiting,
                    }),
            ];
        }
    }

    /// <inheritdoc/>
    public bool HasFirst
    {
        get
        {
            var state = cluster.State;
            return state.Members.FirstOrDefault() is not { } first || !state.Unreachable.Contains(first);
        }
    }

    /// <summary>Gets a value indicating whether there were other members, and none of them is heard; also after they have removed this node.</summary>
    public bool AreSilent => cluster.IsTerminated || (Others is { Count: > 0 } others && others.All(static peer => !peer.IsReachable));

    /// <inheritdoc/>
    public void Remove(UniqueAddress node)
    {
        // down-and-quarantine: a member that is down but reachable would stay until the failure detector has seen it die.
        if (cluster.System.Provider is IRemoteActorRefProvider remoting)
            remoting.Quarantine(node.Address, node.Uid);
        cluster.Down(node.Address);
    }
}
