using OpenCode.Actors.Clustering;
using OpenCode.Actors.Clustering.Memory;

namespace OpenCode.Actors.Tests.Clustering;

/// <summary>A node that leaves gives everything away first (RULES G2).</summary>
public sealed class DrainTests : ClusterTest
{
    [Fact]
    public async Task A_drain_gives_everything_away_and_the_node_is_dead_by_its_own_wish()
    {
        var nodes = Kit.StartEven("a", "b", "c");

        var drained = nodes[0].Drain();
        Kit.AdvanceUntil(() => drained.IsCompleted, 2);
        Assert.Equal((0, Standing.Leaving), (nodes[0].Served, nodes[0].Cluster.Standing));
        Kit.AdvanceUntil(Kit.AreAllServed, 1);
        var left = nodes[0].Leave();
        await left;

        Assert.Equal(["b", "c"], Kit.Database.Members.Select(member => member.Name));
        Assert.Empty(nodes[0].Host.Abandoned);
        nodes[0].Exit();
        Kit.Advance(10);
        Kit.AssertEven();
    }

    [Fact]
    public void A_drain_waits_for_turns_up_to_its_window_and_then_closes_them_G2()
    {
        var nodes = Kit.StartEven("a", "b");
        var open = nodes[0].Host.Open.Keys.ToList();
        nodes[0].Host.Busy.UnionWith([open[0], open[1]]);

        var drained = nodes[0].Drain();
        Kit.Advance(1);
        Assert.Equal((2, false), (nodes[0].Served, drained.IsCompleted));
        nodes[0].Host.Busy.Remove(open[0]);
        Kit.Advance(0.4);
        Assert.Equal((1, false), (nodes[0].Served, drained.IsCompleted));
        Kit.AdvanceUntil(() => drained.IsCompleted, 1);

        Assert.Equal(open.Order(), nodes[0].Host.Closed.TakeLast(open.Count).Order());
        Assert.Equal(open[1], nodes[0].Host.Closed[^1]);
    }

    [Fact]
    public void A_drain_rests_between_two_portions()
    {
        var nodes = Kit.StartEven("a", "b", "c");
        var (before, served) = (nodes[0].Served, new List<int>());

        _ = nodes[0].Drain();
        for (var ms = 0; ms < 60; ms++)
        {
            Kit.Advance(0.001);
            served.Add(nodes[0].Served);
        }

        var first = served.IndexOf(before - 2);
        Assert.All(served.Skip(first).Take(19), left => Assert.Equal(before - 2, left));
        Assert.All(served.Skip(first + 21).Take(18), left => Assert.Equal(before - 4, left));
    }

    [Fact]
    public void A_drain_hands_over_a_few_shards_at_a_time_and_the_others_are_served_meanwhile()
    {
        var nodes = Kit.StartEven("a", "b", "c");
        var had = nodes[0].Served;
        nodes[0].Host.HoldClose = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        var drained = nodes[0].Drain();
        Kit.Advance(1);
        Assert.Equal((had - 2, false), (nodes[0].Served, drained.IsCompleted));

        nodes[0].Host.HoldClose!.SetResult();
        nodes[0].Host.HoldClose = null;
        Kit.AdvanceUntil(() => drained.IsCompleted && Kit.AreAllServed(), 0.4); // eleven portions, with a rest of 20 ms behind each
    }

    [Fact]
    public void A_node_that_is_late_with_its_beat_is_given_nothing_by_a_drain_or_a_rebalance()
    {
        var nodes = Kit.StartEven("a", "b", "c");
        var frozenHad = Kit.Database.Shards.Count(row => row.Owner == "c");
        nodes[2].IsFrozen = true;
        Kit.Advance(3);

        var drained = nodes[0].Drain();
        Kit.AdvanceUntil(() => drained.IsCompleted, 1.5);

        Assert.Equal(frozenHad, Kit.Database.Shards.Count(row => row.Owner == "c"));
        Assert.Equal(64 - frozenHad, Kit.Database.Shards.Count(row => row.Owner == "b"));
    }

    [Fact]
    public async Task The_last_node_closes_its_shards_and_leaves_them_in_the_database_for_the_next()
    {
        var a = Kit.Start("a");
        Kit.Advance(1);

        var drained = a.Drain();
        Kit.AdvanceUntil(() => drained.IsCompleted, 3);
        await a.Leave();
        a.Exit();

        Assert.Equal(64, a.Host.Closed.Count);
        Assert.Empty(Kit.Database.Members);
        var b = Kit.Start("b");
        Kit.AdvanceUntil(() => b.Served == 64, 1);
    }

    [Fact]
    public void A_drain_without_a_database_ends_when_the_leave_is_given_up_and_serves_nothing_any_more()
    {
        var nodes = Kit.StartEven("a", "b");
        nodes[0].Membership.Link = LinkState.Cut;

        var drained = nodes[0].Drain();
        Kit.Advance(4);
        Assert.Equal((0, false), (nodes[0].Served, drained.IsCompleted));
        nodes[0].Exit();

        Kit.AdvanceUntil(Kit.AreAllServed, 6);
    }

    [Fact]
    public async Task A_rolling_restart_of_three_nodes_leaves_no_shard_without_an_owner_for_a_second()
    {
        Kit.StartEven("a", "b", "c");

        foreach (var name in (string[])["a", "b", "c"])
        {
            var node = Kit.Nodes.Single(n => n.Name == name);
            var drained = node.Drain();
            Kit.AdvanceUntil(() => drained.IsCompleted, 3);
            await node.Leave();
            node.Exit();
            Kit.AdvanceUntil(Kit.AreAllServed, 1);
            Kit.Start(name);
            Kit.Advance(15);
        }

        Kit.AssertServed();
        Kit.AssertEven();
        Assert.All(Kit.Nodes, node => Assert.Equal((2L, 0), (node.Cluster.View.Self.Incarnation, node.Host.Abandoned.Count)));
    }
}
