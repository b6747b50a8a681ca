using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Ids;

namespace OpenCode.Actors.Sessions.Region;

/// <summary>Gives the right to write a session, before it is read (rule "Claim before read"). A node that is alone needs none.</summary>
internal interface IShardClaims
{
    /// <summary>
    /// Claims the shard of a session, unless this node has it: the claim is committed, and the journal and the index have caught up with all that was written before it when
    /// this returns.
    /// </summary>
    /// <param name="session">The session that is about to be read.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What the session's appends have to name; null when nothing has to be named.</returns>
    /// <exception cref="OperationCanceledException">No session of the shard is in memory any more: another node may have it by now.</exception>
    ValueTask<Fence?> ClaimAsync(SessionId session, CancellationToken cancellationToken);

    /// <summary>An append was refused under this claim: another node has the shard. The claim is forgotten, and no other one of the same shard.</summary>
    /// <param name="fence">What the append named.</param>
    void Lost(Fence fence);
}
