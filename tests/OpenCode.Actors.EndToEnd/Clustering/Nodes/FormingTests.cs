using System.Net;
using System.Net.Sockets;
using OpenCode.Actors.Clustering.Members;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Sessions.Readiness;
using OpenCode.Actors.Tests.Journal.Memory;

namespace OpenCode.Actors.EndToEnd.Clustering.Nodes;

public sealed class FormingTests : NodesKit
{
    [Fact]
    public async Task Three_nodes_form_one_cluster_and_any_of_them_takes_a_command_of_any_session()
    {
        var nodes = await StartAsync(3);
        Assert.All(nodes, node => Assert.Equal(NodeState.Ready, node.Standing.Now.State));
        Assert.All(Arbiters.Rows, row => Assert.Equal(NodeStatus.Up, row.Status));

        var sessions = await CreateAsync(nodes[0], 24);
        foreach (var node in nodes)
            await Task.WhenAll(sessions.Select(session => RenameAsync(node, session, $"by {node.Name}")));

        Assert.Equal(nodes.Sum(node => node.Shards.Count), nodes.SelectMany(node => node.Shards).Distinct().Count());
        var renamed = (await nodes[2].LogAsync()).Count(entry => entry.Type == "session.updated");
        Assert.Equal(3 * sessions.Length, renamed);

        // Shards are evened out a few at a time; one that has moved is claimed with the next command of its session.
        await Eventually.TrueAsync(
            async () =>
            {
                await Task.WhenAll(sessions.Select(session => RenameAsync(nodes[0], session, "again")));
                return Array.TrueForAll(nodes, node => node.Shards.Count > 0);
            },
            "every node has shards");
    }

    [Fact]
    public async Task A_node_that_asked_only_nodes_which_end_meanwhile_goes_on_without_them()
    {
        using var port = new TcpListener(IPAddress.Loopback, 0); // Takes connections, so that its node counts as one that lives.
        port.Start();
        var leaving = new MemoryArbiter(Arbiters, TimeProvider.System); // Up in its row, and admits no node any more.
        await leaving.AdmitAsync(
            new(new("n0", 9, $"akka.tcp://opencode@{port.LocalEndpoint}"), 4, "1", "/proj", "tag-n0"), static (_, _) => new ValueTask<bool>(false), CancellationToken.None);
        await leaving.ConfirmUpAsync(CancellationToken.None);
        var joining = StartAsync("n1");
        await Eventually.TrueAsync(() => Arbiters.Rows.Any(row => row.Description.Identity.Name == "n1"), "the node is admitted");

        await leaving.LeaveAsync(CancellationToken.None);
        var node = await joining; // Which fails if it gives up.

        Assert.Equal(NodeState.Ready, node.Standing.Now.State);
        await Eventually.TrueAsync(() => node.MembersUp == 1, "the node sees itself as a member");
        await leaving.DisposeAsync();
    }
}
