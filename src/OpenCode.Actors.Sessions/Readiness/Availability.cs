namespace OpenCode.Actors.Sessions.Readiness;

/// <summary>What this node may do at one moment: a snapshot from <see cref="NodeAvailability"/>, the one place that says so. Immutable.</summary>
/// <param name="State">What it may do.</param>
/// <param name="Reason">Why it may do no more, a sentence for people; empty while all is well.</param>
/// <param name="JournalLost">Cancelled when the node falls from this snapshot into one without <see cref="HasJournal"/>.</param>
internal sealed record Availability(NodeState State, string Reason, CancellationToken JournalLost = default)
{
    // suspend-on-silence: so long streams wait for the database with heartbeats.
    private static readonly TimeSpan _streamsWait = TimeSpan.FromSeconds(60);

    /// <summary>Gets a value indicating whether the node stops. A node of a cluster takes commands until its sessions are handed over.</summary>
    public bool IsDraining { get; init; }

    /// <summary>Gets for how long the arbiter has been silent; null while it answers.</summary>
    public TimeSpan? SuspendedFor { get; init; }

    /// <summary>Gets when a refused client may try again.</summary>
    public TimeSpan RetryAfter { get; } = TimeSpan.FromSeconds(1);

    /// <summary>Gets a value indicating whether commands are taken.</summary>
    public bool TakesCommands => State == NodeState.Ready;

    /// <summary>Gets a value indicating whether the journal can be asked (rule "Suspend on silence"). A node that has left still answers what it reads.</summary>
    public bool HasJournal => State is not (NodeState.Suspended or NodeState.Dead);

    /// <summary>Gets a value indicating whether streams are open: not after 60 s of silence of the arbiter. Clients may find a node then that is better off.</summary>
    public bool HasStreams => !(SuspendedFor >= _streamsWait);

    /// <summary>Gets a value indicating whether the node has come to its end.</summary>
    public bool IsOver => State is NodeState.Left or NodeState.Dead;

    /// <summary>Gets why a load balancer should send no clients here; null if it should.</summary>
    public string? WhyNotReady => IsDraining ? "The server stops." : TakesCommands ? null : Reason;
}
