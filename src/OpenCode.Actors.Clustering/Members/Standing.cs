using OpenCode.Actors.Journal.Nodes;

namespace OpenCode.Actors.Clustering.Members;

/// <summary>What this node may do at the moment.</summary>
internal enum NodeState
{
    /// <summary>It is on its way into the cluster: it takes no commands yet.</summary>
    Joining,

    /// <summary>It runs sessions.</summary>
    Ready,

    /// <summary>The arbiter has not answered for 500 ms: commands are refused, streams stay open (rule "Suspend on silence").</summary>
    Suspended,

    /// <summary>It has left by its own wish.</summary>
    Left,

    /// <summary>It was declared dead: it runs nothing and its process ends.</summary>
    Dead,
}

/// <summary>The standing of this node at one moment.</summary>
/// <param name="State">What it may do.</param>
/// <param name="Reason">Why, for people; empty while all is well.</param>
/// <param name="SuspendedFor">Since when the arbiter is silent; null while it answers.</param>
/// <param name="IsCutOff">Whether all other nodes are silent too, for 5 s: another node may run this one's sessions by now.</param>
/// <param name="Look">The rows as they were last seen; null before.</param>
/// <param name="LookNumber">Counts the looks that were answered.</param>
internal sealed record Standing(NodeState State, string Reason, TimeSpan? SuspendedFor, bool IsCutOff, NodeLook? Look, long LookNumber)
{
    /// <summary>Gets the rows of nodes that do not reach the database, by the last look; none while this node takes no commands.</summary>
    public IReadOnlyList<NodeRow> StaleRows { get; init; } = [];

    // suspend-on-silence: so long streams wait for the database with heartbeats.
    private static readonly TimeSpan _streamsWait = TimeSpan.FromSeconds(60);

    /// <summary>Gets a value indicating whether streams are open: not after 60 s of silence of the arbiter. Clients may find a node then that is better off.</summary>
    public bool HasStreams => !(SuspendedFor >= _streamsWait);

    /// <summary>Gets a value indicating whether commands are taken.</summary>
    public bool TakesCommands => State == NodeState.Ready;

    /// <summary>Gets a value indicating whether the node has come to its end.</summary>
    public bool IsOver => State is NodeState.Left or NodeState.Dead;
}
