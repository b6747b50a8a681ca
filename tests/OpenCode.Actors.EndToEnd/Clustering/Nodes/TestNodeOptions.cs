using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Sessions.Tools;
using OpenCode.Actors.Tests.Journal.Memory;

namespace OpenCode.Actors.EndToEnd.Clustering.Nodes;

/// <summary>What a node of a test is like.</summary>
internal sealed class TestNodeOptions(string name)
{
    public string Name => name;

    public ILargeBodies Bodies { get; set; } = new MemoryLargeBodies(TimeProvider.System);

    /// <summary>Gets or sets what makes the tools of a node; they may ask its sessions.</summary>
    public Func<TestNode, IToolbox>? Tools { get; set; }

    /// <summary>Gets or sets the rules of all agents.</summary>
    public IReadOnlyList<PermissionRule> Rules { get; set; } = [];

    public TimeSpan TurnWindow { get; set; } = TimeSpan.FromSeconds(1);
}
