using OpenCode.Actors.Clustering.Members;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Readiness;

namespace OpenCode.Actors.EndToEnd.Clustering.Nodes;

public sealed class ArbiterAwayTests : NodesKit
{
    [Fact]
    public async Task While_the_database_is_away_commands_are_refused_and_no_node_leaves()
    {
        var nodes = await StartAsync(3);
        var sessions = await CreateAsync(nodes[0], 6);

        SetAway(nodes, true);
        var refusal = Assert.IsType<Unavailable>(await nodes[1].AskOnceAsync(sessions[0], TestNode.UpdateOf("meanwhile")));
        Assert.Equal(TimeSpan.FromSeconds(1), refusal.RetryAfter);
        Assert.DoesNotContain("did not answer within", refusal.Reason, StringComparison.Ordinal); // That would be the end of its time.
        await Eventually.TrueAsync(() => Array.TrueForAll(nodes, node => node.Standing.Now.State == NodeState.Suspended), "all are suspended");
        await Eventually.TrueAsync(() => nodes[0].Standing.Availability.Now.SuspendedFor > TimeSpan.FromSeconds(3), "3 s have gone by");

        SetAway(nodes, false);
        await Task.WhenAll(sessions.Select((session, i) => RenameAsync(nodes[i % 3], session, "after")));

        Assert.All(nodes, node => Assert.Null(node.Death));
        Assert.All(nodes, node => Assert.Equal(3, node.MembersUp));
    }

    [Fact]
    public async Task A_node_that_is_killed_while_the_database_is_away_is_taken_over_when_it_is_back()
    {
        var nodes = await StartAsync(3);
        var sessions = await CreateAsync(nodes[0], 12);

        SetAway(nodes, true);
        await nodes[2].KillAsync();
        await Eventually.TrueAsync(() => Array.TrueForAll(nodes[..2], node => node.Logs.Records.Any(record => record.EventId == 7021)), "the others miss it by now");
        Assert.Equal(NodeStatus.Up, Arbiters.Rows.Single(row => row.Description.Identity.Name == "n3").Status);

        SetAway(nodes[..2], false);
        await Task.WhenAll(sessions.Select((session, i) => RenameAsync(nodes[i % 2], session, "after")));

        Assert.Equal((null, null), (nodes[0].Death, nodes[1].Death));
    }

    private void SetAway(TestNode[] nodes, bool isAway)
    {
        Arbiters.SetAway(isAway);
        foreach (var node in nodes)
            node.Store.Cut(isAway);
    }
}
