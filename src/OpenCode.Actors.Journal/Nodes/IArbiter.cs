namespace OpenCode.Actors.Journal.Nodes;

/// <summary>Decides which nodes are alive (rule "The database decides who is dead") and which of them may write a shard (rule "Claim before read"). Reads no node's clock.</summary>
/// <remarks>
/// One object is one node's way to it. Members may be called side by side. Each may throw <see cref="ArbiterAwayException"/>: what was asked may have been done then, or not;
/// to ask again does no harm.
/// </remarks>
public interface IArbiter : IAsyncDisposable
{
    /// <summary>
    /// Admits this node: one joiner at a time, whose turn ends with <see cref="ConfirmUpAsync"/>, with its connection, or when it has been silent for 5 s. A row whose node
    /// holds its lock no longer is set dead if <paramref name="isGone"/> says so. A row with this node's own address is dead, and so is one of a joiner that lost its turn.
    /// </summary>
    /// <param name="me">What it says of itself.</param>
    /// <param name="isGone">Whether nothing answers at the address of a row: it refuses connections, or has not answered for 5 s.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The nodes that are up, by name, without this one. None: it forms the cluster.</returns>
    /// <exception cref="NotAdmittedException">It may not join; the message says why and what to do next.</exception>
    /// <exception cref="DeclaredDeadException">This life of the node was declared dead before, or has left: only a new one, with another uid, may join.</exception>
    ValueTask<IReadOnlyList<NodeRow>> AdmitAsync(NodeDescription me, Func<NodeRow, CancellationToken, ValueTask<bool>> isGone, CancellationToken cancellationToken);

    /// <summary>
    /// The node has become a member of the cluster: its row says up, and the next joiner may come. If its turn was lost with its connection, it waits for another one; a joiner that
    /// came in between has declared it dead.
    /// </summary>
    /// <exception cref="DeclaredDeadException">It was declared dead meanwhile.</exception>
    ValueTask ConfirmUpAsync(CancellationToken cancellationToken);

    /// <summary>Reads the rows, and notes in the own one that this node looked and how far it has read the log. Answers from the database as it is after the call began.</summary>
    /// <param name="position">The offset up to which this node has read.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<NodeLook> LookAsync(long position, CancellationToken cancellationToken);

    /// <summary>Declares another node dead, in one transaction that holds both rows, if this one is up (rule "The database decides who is dead"). Then ends the other's connections.</summary>
    /// <param name="other">Which life of which node.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The verdict: it is dead now, by whomever, or this node itself is, or this node is not up yet.</returns>
    ValueTask<Verdict> DeclareDeadAsync(NodeIdentity other, CancellationToken cancellationToken);

    /// <summary>Declares another node dead as <see cref="DeclareDeadAsync"/> does, if it has not looked since its row was read.</summary>
    /// <param name="stale">The row as this node last saw it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The verdict; <see cref="Verdict.OtherLooked"/> when the other node reached the database meanwhile.</returns>
    ValueTask<Verdict> DeclareStaleAsync(NodeRow stale, CancellationToken cancellationToken);

    /// <summary>
    /// Gives this node the right to write a shard: the next token, which makes all earlier ones stale (rule "Claim before read"). Committed before it returns, in a statement of its own. To be
    /// followed by <see cref="IJournal.CatchUpAsync"/> before anything of the shard is read.
    /// </summary>
    /// <param name="shard">The shard, from 0.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="DeclaredDeadException">This node is not up.</exception>
    ValueTask<Fence> ClaimAsync(int shard, CancellationToken cancellationToken);

    /// <summary>Reads the last claim of each shard. For people.</summary>
    ValueTask<IReadOnlyList<ShardRow>> ReadShardsAsync(CancellationToken cancellationToken);

    /// <summary>This node has no session left and ends: its row is dead by its own wish.</summary>
    ValueTask LeaveAsync(CancellationToken cancellationToken);
}

/// <summary>The outcome of a request to declare a node dead.</summary>
public enum Verdict
{
    /// <summary>The other node is dead.</summary>
    OtherIsDead,

    /// <summary>This node was declared dead before: it must end at once.</summary>
    ThisIsDead,

    /// <summary>This node is still joining, and only a node that is up declares others dead: the other's row is as it was. Ask again once this node is up.</summary>
    NotUpYet,

    /// <summary>The other node has looked since its row was read, so it lives: its row is as it was.</summary>
    OtherLooked,
}

/// <summary>The last claim of a shard.</summary>
/// <param name="Shard">The shard, from 0.</param>
/// <param name="Owner">The node; null when it was never claimed.</param>
/// <param name="Token">The token of that claim.</param>
public sealed record ShardRow(int Shard, NodeIdentity? Owner, long Token);
