using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Nodes;

namespace OpenCode.Actors.EndToEnd.Clustering.Members;

/// <summary>Answers a joiner as a test says.</summary>
internal sealed class ScriptedArbiter : IArbiter
{
    public Func<CancellationToken, Task<IReadOnlyList<NodeRow>>> Admit { get; init; } = static _ => Task.FromResult<IReadOnlyList<NodeRow>>([]);

    public Func<CancellationToken, Task> Confirm { get; init; } = static _ => Task.CompletedTask;

    /// <summary>Gets the rows of nodes that are not dead, beside that of the joiner.</summary>
    public IReadOnlyList<NodeRow> Living { get; init; } = [];

    /// <summary>Gets a value indicating whether the joiner has taken its row back.</summary>
    public bool HasLeft { get; private set; }

    public async ValueTask<IReadOnlyList<NodeRow>> AdmitAsync(NodeDescription me, Func<NodeRow, CancellationToken, ValueTask<bool>> isGone, CancellationToken cancellationToken) =>
        await Admit(cancellationToken);

    public async ValueTask ConfirmUpAsync(CancellationToken cancellationToken) => await Confirm(cancellationToken);

    public ValueTask LeaveAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        HasLeft = true;
        return ValueTask.CompletedTask;
    }

    public ValueTask<NodeLook> LookAsync(long position, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(new NodeLook(NodeStatus.Joining, Living));
    }

    public ValueTask<Verdict> DeclareDeadAsync(NodeIdentity other, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<Verdict> DeclareStaleAsync(NodeRow stale, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<Fence> ClaimAsync(int shard, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<ShardRow>> ReadShardsAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
