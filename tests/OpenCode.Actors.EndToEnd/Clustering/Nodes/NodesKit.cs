using OpenCode.Actors.Clustering.Shards;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Tests.Journal.Memory;
using OpenCode.Actors.Protocol.Ids;

namespace OpenCode.Actors.EndToEnd.Clustering.Nodes;

/// <summary>Several nodes in one process, each with its own actor system, over one store in memory, in real time.</summary>
public abstract class NodesKit : IAsyncLifetime
{
    private readonly List<TestNode> _nodes = [];

    protected NodesKit() => Arbiters = new MemoryArbiterDatabase(TimeProvider.System, Batches);

    internal MemoryBatchDatabase Batches { get; } = new(TimeProvider.System);

    internal MemoryArbiterDatabase Arbiters { get; }

    internal MemoryLargeBodies Bodies => Batches.Bodies;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await Task.WhenAll(_nodes.Select(node => node.KillAsync()));

    internal async Task<TestNode> StartAsync(string name, Action<TestNodeOptions>? configure = null)
    {
        var options = new TestNodeOptions(name) { Bodies = Bodies };
        configure?.Invoke(options);
        var node = await TestNode.StartAsync(options, Batches, Arbiters);
        _nodes.Add(node);
        await node.JoinAsync();
        return node;
    }

    /// <summary>Starts nodes one after the other, and waits until each sees all as members.</summary>
    internal async Task<TestNode[]> StartAsync(int count)
    {
        var nodes = new TestNode[count];
        for (var i = 0; i < count; i++)
            nodes[i] = await StartAsync($"n{i + 1}");
        await Eventually.TrueAsync(() => Array.TrueForAll(nodes, node => node.MembersUp == count), "all nodes are members");
        return nodes;
    }

    /// <summary>Ends a node as kill -9 does, with the verdict at once: the port of a process that is gone refuses, that of a system that terminates answers for a while.</summary>
    internal async Task KillAsync(TestNode node, TestNode by)
    {
        var victim = Arbiters.Rows.Single(row => row.Description.Identity.Name == node.Name && row.Status == NodeStatus.Up).Description.Identity;
        await node.KillAsync();
        await by.Arbiter.DeclareDeadAsync(victim, CancellationToken.None);
    }

    /// <summary>Makes sessions through a node.</summary>
    internal static async Task<SessionId[]> CreateAsync(TestNode via, int count) => await Task.WhenAll(Enumerable.Range(0, count).Select(i => via.CreateAsync($"session {i}")));

    /// <summary>Makes sessions through a node until one of them runs on a certain node.</summary>
    internal static async Task<SessionId> SessionOnAsync(TestNode owner, TestNode via)
    {
        while (true)
        {
            var session = await via.CreateAsync("a session");
            if (owner.Shards.Contains(ShardOf.Session(session)))
                return session;
        }
    }

    /// <summary>Stores text as the title of a session, and expects that it is taken.</summary>
    internal static async Task RenameAsync(TestNode via, SessionId session, string title) =>
        Assert.Equal(title, Assert.IsType<Updated>(await via.UpdateAsync(session, title)).Info.Title);
}
