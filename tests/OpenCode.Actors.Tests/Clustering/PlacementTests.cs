using OpenCode.Actors.Clustering;
using OpenCode.Actors.Clustering.Looks;
using OpenCode.Actors.Clustering.Memory;

namespace OpenCode.Actors.Tests.Clustering;

/// <summary>Which shard runs where, and what its host is asked for (RULES G2).</summary>
public sealed class PlacementTests : ClusterTest
{
    [Fact]
    public void A_rebalance_leaves_shards_with_an_unfinished_turn_where_they_are_G2()
    {
        var a = Kit.Start("a");
        Kit.Advance(1);
        a.Host.Busy.UnionWith(Enumerable.Range(0, 50));

        var b = Kit.Start("b");
        Kit.Advance(30);

        Assert.Equal((50, 14), (a.Served, b.Served));
        Assert.All(Enumerable.Range(0, 50), shard => Assert.IsType<ShardRoute.Here>(a.Cluster.RouteTo(shard)));
        a.Host.Busy.Clear();
        Kit.Advance(10);
        Assert.Equal((32, 32), (a.Served, b.Served));
    }

    [Fact]
    public void A_rebalance_moves_at_most_four_shards_in_a_second()
    {
        var a = Kit.Start("a");
        Kit.Advance(1);
        Kit.Start("b");

        for (var second = 1; second <= 7; second++)
        {
            Kit.Advance(1);
            Assert.InRange(a.Host.Closed.Count, (second - 1) * 4, (second + 1) * 4);
        }
    }

    [Fact]
    public void A_route_to_another_node_names_it_and_its_token_and_in_between_there_is_none()
    {
        var nodes = Kit.StartEven("a", "b");
        var moved = Kit.Database.Shards.First(row => row.Owner == "b");

        var there = Assert.IsType<ShardRoute.There>(nodes[0].Cluster.RouteTo(moved.Shard));
        Assert.Equal(("b", moved.Token), (there.Member.Name, there.Token));
        Assert.Equal(moved.Token, Assert.IsType<ShardRoute.Here>(nodes[1].Cluster.RouteTo(moved.Shard)).Fence.Token);

        nodes[1].Kill();
        Kit.Network.Set(new Uri("http://b:4096"), Reach.Unknown);
        Kit.AdvanceUntil(() => nodes[0].Cluster.RouteTo(moved.Shard) is ShardRoute.Here { Fence.Token: var token } && token == moved.Token + 1, 6);
    }

    [Fact]
    public void A_host_that_fails_is_asked_again()
    {
        var nodes = Kit.StartEven("a", "b", "c");
        foreach (var node in nodes)
            node.Host.Faults = 5;

        nodes[0].Membership.Link = LinkState.Cut;
        Kit.Advance(8);
        nodes[0].Membership.Link = LinkState.Whole;
        Kit.Advance(60);

        Kit.AssertServed();
        Kit.AssertEven();
        Assert.All(nodes, node => Assert.Equal(0, node.Host.Faults));
    }

    [Fact]
    public void A_host_that_begins_anew_gets_its_shards_again_under_the_tokens_they_have()
    {
        var nodes = Kit.StartEven("a", "b");
        var before = nodes[0].Host.Open.ToDictionary();

        nodes[0].Host.Forget();
        Kit.RunDry();
        Assert.Equal(0, nodes[0].Served);
        Kit.AdvanceUntil(Kit.AreAllServed, 0.5);

        Assert.Equal(before, nodes[0].Host.Open);
        Assert.Equal(1, nodes[0].Cluster.View.Self.Incarnation);
    }

    [Fact]
    public void A_host_that_begins_anew_in_the_middle_of_a_hand_over_is_asked_anew()
    {
        var nodes = Kit.StartEven("a", "b");
        nodes[0].Host.HoldClose = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var drained = nodes[0].Drain();
        Kit.Advance(0.5);

        nodes[0].Host.HoldClose = null; // The old instance never answers.
        nodes[0].Host.Forget();

        Kit.AdvanceUntil(() => drained.IsCompleted, 2);
        Kit.AdvanceUntil(Kit.AreAllServed, 0.5);
        Assert.Equal(64, nodes[1].Served);
    }
}
