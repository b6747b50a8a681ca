namespace OpenCode.Actors.Clustering;

/// <summary>The rows of nodes and shards, as one node works with them. The database decides; no clock of a node is compared with anything stored.</summary>
/// <remarks>
/// Calls may be made side by side, but only one of each kind. Each is one transaction, made again where a lock was not had in time, and connects anew where it must.
/// Any of them may fail with <see cref="MembershipUnavailableException"/>, and then may have been done or not: look, or do it again, both do no harm.
/// A renewal waits for nothing that another call does.
/// </remarks>
public interface IMembership : IAsyncDisposable
{
    /// <summary>Makes this node a member with a new incarnation: its row, its advisory lock on a connection of its own, then <see cref="MemberStatus.Up"/>.</summary>
    /// <param name="node">What it says of itself.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The member.</returns>
    /// <remarks>
    /// An earlier incarnation at the same URL whose lock is free is declared dead on the way: this process has its address, so that one is gone. Others of the same name have
    /// to be dead.
    /// </remarks>
    /// <exception cref="ClusterRefusedException">It may not join; the message says why and what to do.</exception>
    ValueTask<Member> JoinAsync(NodeDescription node, CancellationToken cancellationToken);

    /// <summary>Counts the member's beat on. Takes the advisory lock again if its connection was lost.</summary>
    /// <param name="self">This node.</param>
    /// <param name="cancellationToken">Gives up; it may still be done.</param>
    /// <returns>False when the member has been declared dead.</returns>
    ValueTask<bool> RenewAsync(Member self, CancellationToken cancellationToken);

    /// <summary>Reads members, their locks and the shards.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What there is at one moment within the call.</returns>
    ValueTask<ClusterLook> LookAsync(CancellationToken cancellationToken);

    /// <summary>Declares a member dead if its beat has not moved, and gives its shards to members that are up, least loaded first, each under the next token.</summary>
    /// <param name="member">The member, with the beat it was seen with. Its connections are ended before.</param>
    /// <param name="cancellationToken">Gives up; it may still be done.</param>
    /// <returns>Whether it was this call that did it.</returns>
    ValueTask<bool> DeclareDeadAsync(Member member, CancellationToken cancellationToken);

    /// <summary>Gives all shards that no living member has to members that are up, least loaded first, each under the next token.</summary>
    /// <param name="cancellationToken">Gives up; it may still be done.</param>
    /// <returns>How many.</returns>
    ValueTask<int> AssignOrphansAsync(CancellationToken cancellationToken);

    /// <summary>Says that this node leaves, so that nobody gives it a shard any more.</summary>
    /// <param name="self">This node.</param>
    /// <param name="cancellationToken">Gives up; it may still be done.</param>
    /// <returns>False when the member has been declared dead.</returns>
    ValueTask<bool> BeginLeaveAsync(Member self, CancellationToken cancellationToken);

    /// <summary>Gives shards of this node to others, each under the next token. Nothing of them may run here any more.</summary>
    /// <param name="self">This node.</param>
    /// <param name="handovers">What goes to whom. What is no longer this node's under that token, or whose target is not up, stays as it is.</param>
    /// <param name="cancellationToken">Gives up; it may still be done.</param>
    /// <returns>The shards that were given.</returns>
    ValueTask<IReadOnlyList<int>> GiveAsync(Member self, IReadOnlyList<Handover> handovers, CancellationToken cancellationToken);

    /// <summary>Ends this member: dead by its own wish, what it still owns is given away, its lock is released.</summary>
    /// <param name="self">This node.</param>
    /// <param name="cancellationToken">Gives up; it may still be done.</param>
    ValueTask LeaveAsync(Member self, CancellationToken cancellationToken);

    /// <summary>Waits until somebody says that rows have changed. A hint may come late, twice, without a reason, or never.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>What was told since the last call.</returns>
    ValueTask<ClusterHint> WaitForHintAsync(CancellationToken cancellationToken);
}
