using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Nodes;

namespace OpenCode.Actors.Tests.Journal.Memory;

/// <summary>A row of a node. Not thread-safe: <see cref="MemoryArbiterDatabase"/> guards it.</summary>
/// <param name="description">What the node said of itself.</param>
/// <param name="link">The connection that holds its lock.</param>
/// <param name="joined">When it joined.</param>
internal sealed class MemoryNode(NodeDescription description, MemoryLink link, DateTimeOffset joined)
{
    public NodeDescription Description => description;

    public MemoryLink Link => link;

    public NodeStatus Status { get; set; }

    public long? Behind { get; set; }

    public DateTimeOffset Looked { get; set; } = joined;

    public NodeRow Row => new(description, Status, Behind) { Looked = Looked };
}
