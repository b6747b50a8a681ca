using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Sessions.Readiness;

namespace OpenCode.Actors.Clustering.Members;

/// <summary>The result of the looks at the rows, for this node and the others. It decides what the node may do, and publishes that as its <see cref="NodeAvailability"/>. Thread-safe.</summary>
/// <param name="time">The clock.</param>
/// <param name="declaredDead">Ends the process with exit code 6 within 1 s, without a drain. Called once, with the reason, on the thread that found out.</param>
internal sealed class NodeStanding(TimeProvider time, Action<string>? declaredDead = null)
{
    private readonly RowWatch _rows = new(time);
    private volatile string? _removed;
    private volatile Seen _seen = new(false, null, 0);

    /// <summary>Gets what the node may do.</summary>
    public NodeAvailability Availability { get; } = new(time, joins: true);

    /// <summary>Gets the handlers of a wish to look at the rows before the next look is due.</summary>
    public Handlers<NodeState> LookWanted { get; } = new();

    // Only the actor of the looks writes it.
    private sealed record Seen(bool IsCutOff, NodeLook? Look, long LookNumber)
    {
        public IReadOnlyList<NodeRow> StaleRows { get; init; } = [];
    }

    /// <summary>Gets the standing of this moment.</summary>
    public Standing Now
    {
        get
        {
            var (seen, availability) = (_seen, Availability.Now);
            return new(availability, seen.IsCutOff && !availability.TakesCommands, seen.Look, seen.LookNumber) { StaleRows = availability.TakesCommands ? seen.StaleRows : [] };
        }
    }

    /// <summary>The node has become a member and its row says up.</summary>
    public void Join() => Availability.Join();

    /// <summary>The arbiter answered.</summary>
    /// <param name="look">The rows.</param>
    /// <param name="began">When it was asked, a timestamp of the clock.</param>
    public void Answered(NodeLook look, long began)
    {
        if (look.Mine == NodeStatus.Dead)
        {
            Die("The row of this node says that it is dead: another node, or a joiner, declared it so.");
            return;
        }

        if (_removed is { } reason)
        {
            Die(reason);
            return;
        }

        _seen = new Seen(false, look, _seen.LookNumber + 1) { StaleRows = _rows.See(look, began) };
        Availability.Answered(began);
    }

    /// <summary>The arbiter has been silent for a while.</summary>
    /// <param name="since">Since when, a timestamp of the clock.</param>
    public void Suspend(long since) => Availability.Suspend(since);

    /// <summary>All other nodes are silent too.</summary>
    public void CutOff() => _seen = _seen with { IsCutOff = true };

    /// <summary>The node leaves by its own wish: its row is about to say dead, and that is no verdict.</summary>
    public void Leave() => Availability.Leave("The node has left the cluster.");

    /// <summary>Akka's cluster has removed the node, which cannot come back in this life, whatever its row says: it is dead with the next answer of the arbiter. Streams stay open until then.</summary>
    /// <param name="reason">How it is known.</param>
    public void Remove(string reason)
    {
        _removed = reason;
        WantLook();
    }

    /// <summary>The node was declared dead. Its process ends by this.</summary>
    /// <param name="reason">How it is known.</param>
    public void Die(string reason)
    {
        if (Availability.Die(reason))
            declaredDead?.Invoke(reason);
    }

    /// <summary>Has the rows looked at as soon as may be.</summary>
    public void WantLook() => LookWanted.Invoke(Availability.Now.State);
}
