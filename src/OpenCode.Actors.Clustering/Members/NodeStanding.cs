using OpenCode.Actors.Journal.Nodes;

namespace OpenCode.Actors.Clustering.Members;

/// <summary>The one place that says what this node may do; everybody reads it here. Thread-safe.</summary>
/// <param name="time">The clock.</param>
/// <param name="declaredDead">Ends the process with exit code 6 within 1 s, without a drain. Called once, with the reason, on the thread that found out.</param>
internal sealed class NodeStanding(TimeProvider time, Action<string>? declaredDead = null)
{
    // Looks begin every 400 ms and are missed after 500 ms. Older is only what a node saw before it was frozen.
    private static readonly TimeSpan _freshness = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly RowWatch _rows = new(time);
    private volatile string? _removed;
    private volatile Seen _seen = new(NodeState.Joining, "The node is joining the cluster.", null, false, null, 0, 0);

    /// <summary>Gets the handlers of each change of state, called in order.</summary>
    public Handlers<NodeState> Changed { get; } = new();

    /// <summary>Gets the handlers of a wish to look at the rows before the next look is due.</summary>
    public Handlers<NodeState> LookWanted { get; } = new();

    // Timestamps, where a Standing has durations.
    private sealed record Seen(NodeState State, string Reason, long? SilentSince, bool IsCutOff, NodeLook? Look, long LookNumber, long LookBegan)
    {
        public IReadOnlyList<NodeRow> StaleRows { get; init; } = [];
    }

    /// <summary>Gets the present standing. A look older than 1 s is ignored: the node was frozen.</summary>
    public Standing Now
    {
        get
        {
            var seen = _seen;
            var age = time.GetElapsedTime(seen.LookBegan);
            if (seen is { State: NodeState.Ready } && age > _freshness)
                return new(NodeState.Suspended, "The node has not looked at its own row for a while.", age, false, seen.Look, seen.LookNumber);

            var silent = seen.SilentSince is { } since ? time.GetElapsedTime(since) : (TimeSpan?)null;
            return new(seen.State, seen.Reason, silent, seen.IsCutOff, seen.Look, seen.LookNumber) { StaleRows = seen.State == NodeState.Ready ? seen.StaleRows : [] };
        }
    }

    /// <summary>The node has become a member and its row says up.</summary>
    public void Join() => Move(static (seen, now) => seen.State == NodeState.Joining ? seen with { State = NodeState.Ready, Reason = "", LookBegan = now } : seen);

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

        Move((seen, _) => (seen.State == NodeState.Suspended ? seen with { State = NodeState.Ready, Reason = "" } : seen)
            with { SilentSince = null, IsCutOff = false, Look = look, LookNumber = seen.LookNumber + 1, LookBegan = began, StaleRows = _rows.See(look, began) });
    }

    /// <summary>The arbiter has been silent for a while.</summary>
    /// <param name="since">Since when, a timestamp of the clock.</param>
    public void Suspend(long since) => Move((seen, _) => seen.State is NodeState.Ready or NodeState.Suspended
        ? seen with { State = NodeState.Suspended, Reason = "The database does not answer.", SilentSince = since }
        : seen);

    /// <summary>All other nodes are silent too.</summary>
    public void CutOff() => Move(static (seen, _) => seen.State == NodeState.Suspended ? seen with { IsCutOff = true } : seen);

    /// <summary>The node leaves by its own wish: its row is about to say dead, and that is no verdict.</summary>
    public void Leave() => Move(static (seen, _) => seen with { State = NodeState.Left, Reason = "The node has left the cluster." });

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
        if (Move((seen, _) => seen with { State = NodeState.Dead, Reason = reason }))
            declaredDead?.Invoke(reason);
    }

    /// <summary>Has the rows looked at as soon as may be.</summary>
    public void WantLook() => LookWanted.Tell(_seen.State);

    // What has ended stays so. True if the state is another one now.
    private bool Move(Func<Seen, long, Seen> move)
    {
        lock (_gate)
        {
            var before = _seen;
            if (before.State is NodeState.Left or NodeState.Dead)
                return false;

            _seen = move(before, time.GetTimestamp());
            if (_seen.State == before.State)
                return false;

            Changed.Tell(_seen.State);
            return true;
        }
    }
}
