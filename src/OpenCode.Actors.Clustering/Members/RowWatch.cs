using System.Runtime.InteropServices;
using OpenCode.Actors.Journal.Nodes;

namespace OpenCode.Actors.Clustering.Members;

/// <summary>Finds the nodes that do not reach the database: their rows are up but no longer updated, while this node updates its own.</summary>
/// <remarks>
/// Times are those of this node's own monotonic clock. A pause of the own looks, as in an outage of the database or while this process stands still, starts every count again: no node is
/// suspected for what this node did not see. Not thread-safe.
/// </remarks>
/// <param name="time">The clock.</param>
internal sealed class RowWatch(TimeProvider time)
{
    /// <summary>For how long a row does not move before its node is suspected. With the looks of both sides and the takeover it makes 5.5 s at most.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(3.5);

    // Looks begin every 400 ms.
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(1);

    private readonly Dictionary<NodeIdentity, Sight> _seen = [];
    private long? _notedAt;

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Sight(DateTimeOffset Looked, long At);

    /// <summary>Takes in a look.</summary>
    /// <param name="look">What it saw.</param>
    /// <param name="began">When it began, a timestamp of the clock.</param>
    /// <returns>The rows whose nodes are suspected.</returns>
    public IReadOnlyList<NodeRow> See(NodeLook look, long began)
    {
        // A lock on the rows may hold up all nodes, this one too: that is a pause as well.
        if (look is not { Mine: NodeStatus.Up, IsNoted: true })
            return [];

        if (_notedAt is not { } before || time.GetElapsedTime(before, began) > _pause)
            _seen.Clear();
        _notedAt = began;

        var up = look.Living.Where(static row => row.Status == NodeStatus.Up).ToList();
        foreach (var gone in _seen.Keys.Except(up.Select(static row => row.Description.Identity)).ToList())
            _seen.Remove(gone);
        return up.FindAll(row => IsStale(row, began));
    }

    private bool IsStale(NodeRow row, long began)
    {
        var node = row.Description.Identity;
        if (_seen.TryGetValue(node, out var sight) && sight.Looked == row.Looked)
            return time.GetElapsedTime(sight.At, began) >= Patience;

        _seen[node] = new Sight(row.Looked, began);
        return false;
    }
}
