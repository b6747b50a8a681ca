using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Tests.Journal.Memory;

namespace OpenCode.Actors.Tests.Clustering.Nodes;

/// <summary>What a node of a test is like.</summary>
internal sealed class TestNodeOptions(string name)
{
    public string Name => name;

    public ILargeBodies Bodies { get; set; } = new MemoryLargeBodies(TimeProvider.System);

    public TimeSpan TurnWindow { get; set; } = TimeSpan.FromSeconds(1);
}
