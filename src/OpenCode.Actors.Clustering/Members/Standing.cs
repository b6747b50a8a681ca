using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Sessions.Readiness;

namespace OpenCode.Actors.Clustering.Members;

/// <summary>What this node may do at one moment, and what it knows of the others then.</summary>
/// <param name="Availability">What it may do.</param>
/// <param name="IsCutOff">Whether all other nodes are silent too, for 5 s: another node may run this one's sessions by now (rule "A node watches its own row").</param>
/// <param name="Look">The rows as they were last seen; null before.</param>
/// <param name="LookNumber">Counts the looks that were answered.</param>
internal sealed record Standing(Availability Availability, bool IsCutOff, NodeLook? Look, long LookNumber)
{
    /// <summary>Gets the rows of nodes that do not reach the database, by the last look; none while this node takes no commands.</summary>
    public IReadOnlyList<NodeRow> StaleRows { get; init; } = [];

    /// <summary>Gets what the node may do.</summary>
    public NodeState State => Availability.State;
}
