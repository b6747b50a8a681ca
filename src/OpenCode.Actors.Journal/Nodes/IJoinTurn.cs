using System.Runtime.InteropServices;

namespace OpenCode.Actors.Journal.Nodes;

/// <summary>What a joiner may do while it has the turn to join: no other node joins meanwhile. Each member throws <see cref="ArbiterAwayException"/> once the turn is lost.</summary>
internal interface IJoinTurn
{
    /// <summary>Reads what is there.</summary>
    ValueTask<FoundCluster> ReadAsync(CancellationToken cancellationToken);

    /// <summary>In one transaction: sets the rows of others dead and writes the joiner's own, with its location if there was none.</summary>
    /// <param name="me">The joiner.</param>
    /// <param name="lost">Rows that are dead whatever their locks say.</param>
    /// <param name="gone">Rows that are dead if their locks are free.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False, and nothing was done, when the lock of one of <paramref name="gone"/> is held.</returns>
    /// <exception cref="DeclaredDeadException">The joiner's own row is dead.</exception>
    ValueTask<bool> TryEnterAsync(NodeDescription me, IReadOnlyList<NodeRow> lost, IReadOnlyList<NodeRow> gone, CancellationToken cancellationToken);
}

/// <summary>A cluster as a joiner finds it.</summary>
/// <param name="Location">The default location of all nodes; null while there was none.</param>
/// <param name="Nodes">The rows that are not dead.</param>
internal sealed record FoundCluster(string? Location, IReadOnlyList<FoundNode> Nodes);

/// <summary>A row as a joiner finds it.</summary>
/// <param name="Row">The row.</param>
/// <param name="IsLockHeld">Whether the node holds its lock: then it lives, whatever else is seen of it.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FoundNode(NodeRow Row, bool IsLockHeld);
