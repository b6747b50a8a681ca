namespace OpenCode.Actors.Sessions.Readiness;

/// <summary>The one place that says what this node may do; everything else reads it here. In a cluster the node's standing writes it, and the stop of the server everywhere. Thread-safe.</summary>
internal sealed class NodeAvailability
{
    // Looks begin every 400 ms and are missed after 500 ms. Older is only what a node saw before it was frozen.
    private static readonly TimeSpan _freshness = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;
    private readonly Lock _gate = new();

    // Not disposed: they have no timer, and callers may still read their tokens.
    private readonly CancellationTokenSource _draining = new();
    private readonly CancellationTokenSource _over = new();
    private CancellationTokenSource? _journalLost;
    private volatile Published _published;

    /// <summary>Initializes a new instance of the <see cref="NodeAvailability"/> class.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="joins">Whether the node has to join others first. One that is alone is ready at once.</param>
    public NodeAvailability(TimeProvider time, bool joins = false)
    {
        _time = time;
        _journalLost = joins ? new CancellationTokenSource() : null; // A node that is alone never loses its journal: nothing is paid for that.
        _published = new Published(joins ? In(NodeState.Joining, "The node is joining the cluster.") : new Availability(NodeState.Ready, ""), null, null);
    }

    // Timestamps, where a snapshot has durations.
    private sealed record Published(Availability Snapshot, long? SilentSince, long? LookedAt);

    /// <summary>Gets the handlers of each change of state, called in order.</summary>
    public Handlers<NodeState> Changed { get; } = new();

    /// <summary>Gets a token that is cancelled when the server begins to stop.</summary>
    public CancellationToken Draining => _draining.Token;

    /// <summary>Gets what is cancelled when the node has come to its end: no turn goes on here.</summary>
    public CancellationToken Over => _over.Token;

    /// <summary>Gets the snapshot of this moment. A look that is older than 1 s counts for nothing: the node was frozen (rule "Reads come from the database").</summary>
    public Availability Now
    {
        get
        {
            var (snapshot, silentSince, lookedAt) = _published;
            if (snapshot.State == NodeState.Ready && lookedAt is { } looked && _time.GetElapsedTime(looked) is var age && age > _freshness)
                return snapshot with { State = NodeState.Suspended, Reason = "The node has not looked at its own row for a while.", SuspendedFor = age };

            return silentSince is { } since ? snapshot with { SuspendedFor = _time.GetElapsedTime(since) } : snapshot;
        }
    }

    /// <summary>The node has become a member and its row says up.</summary>
    public void Join() => Move(NodeState.Joining, before => before with { Snapshot = In(NodeState.Ready), LookedAt = _time.GetTimestamp() });

    /// <summary>The arbiter answered.</summary>
    /// <param name="lookedAt">When it was asked, a timestamp of the clock.</param>
    public void Answered(long lookedAt) => Move(null, before =>
        new Published(before.Snapshot.State == NodeState.Suspended ? In(NodeState.Ready) : before.Snapshot, null, lookedAt));

    /// <summary>The arbiter has been silent for a while.</summary>
    /// <param name="since">Since when, a timestamp of the clock.</param>
    public void Suspend(long since) => Move(null, before => before.Snapshot.State is NodeState.Ready or NodeState.Suspended
        ? before with { Snapshot = In(NodeState.Suspended, "The database does not answer."), SilentSince = since }
        : before);

    /// <summary>The server begins to stop.</summary>
    public void Drain()
    {
        _draining.Cancel();
        Move(null, static before => before with { Snapshot = before.Snapshot with { IsDraining = true } });
    }

    /// <summary>The node has ended by its own wish.</summary>
    /// <param name="reason">Why, a sentence for people.</param>
    public void Leave(string reason) => Move(null, before => before with { Snapshot = In(NodeState.Left, reason) });

    /// <summary>The node was declared dead.</summary>
    /// <param name="reason">How it is known.</param>
    /// <returns>Whether that is new.</returns>
    public bool Die(string reason) => Move(null, before => before with { Snapshot = In(NodeState.Dead, reason) });

    // Called under the lock.
    private Availability In(NodeState state, string reason = "")
    {
        var next = new Availability(state, reason) { IsDraining = _draining.IsCancellationRequested };
        if (!next.HasJournal)
            _ = _journalLost?.CancelAsync();
        else if (_journalLost is { IsCancellationRequested: true })
            _journalLost = new CancellationTokenSource();
        return next with { JournalLost = _journalLost?.Token ?? default };
    }

    // What has ended stays so. True if the state is another one now.
    private bool Move(NodeState? only, Func<Published, Published> move)
    {
        lock (_gate)
        {
            var before = _published.Snapshot;
            if (before.IsOver || (only is { } state && before.State != state))
                return false;

            _published = move(_published);
            var now = _published.Snapshot;
            if (now.State == before.State)
                return false;

            if (now.IsOver)
                _ = _over.CancelAsync();
            Changed.Invoke(now.State);
            return true;
        }
    }
}
