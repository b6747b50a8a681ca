using OpenCode.Actors.Clustering;
using OpenCode.Actors.Clustering.Memory;

namespace OpenCode.Actors.Tests.Clustering;

/// <summary>One shard on its way from one node to another.</summary>
public sealed class HandOverTests : ClusterTest
{
    [Fact]
    public void A_hand_off_closes_the_shard_before_another_node_gets_it()
    {
        var a = Kit.Start("a");
        Kit.Advance(1);
        a.Host.HoldClose = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        var b = Kit.Start("b");
        Kit.Advance(5);
        Assert.Equal((60, 0), (a.Served, b.Served));
        Assert.All(Kit.Database.Shards, row => Assert.Equal("a", row.Owner));

        a.Host.HoldClose.SetResult();
        a.Host.HoldClose = null;
        Kit.Advance(20);
        Assert.Equal((32, 32), (a.Served, b.Served));
    }

    [Fact]
    public void A_hand_off_whose_answer_is_lost_ends_with_one_owner()
    {
        var a = Kit.Start("a");
        var b = Kit.Start("b");

        for (var i = 0; i < 12; i++)
        {
            a.Membership.AnswersUnknown = 1;
            Kit.Advance(1);
        }

        Kit.Advance(30);
        Kit.AssertServed();
        Assert.Equal((32, 32), (a.Served, b.Served));
    }

    [Fact]
    public void A_node_that_is_declared_dead_in_the_middle_of_a_hand_off_abandons_what_it_was_closing()
    {
        var a = Kit.Start("a");
        Kit.Advance(1);
        a.Host.HoldClose = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Kit.Start("b");
        Kit.Advance(15);

        a.Membership.Link = LinkState.Cut;
        Kit.Advance(8);
        a.Membership.Link = LinkState.Whole;
        Kit.Advance(5);

        Assert.Equal((64, 2L), (a.Host.Abandoned.Count, a.Cluster.View.Self.Incarnation));
        a.Host.HoldClose.SetResult();
        a.Host.HoldClose = null;
        Kit.Advance(30);
        Kit.AssertServed();
        Kit.AssertEven();
    }

    [Fact]
    public void A_hand_over_is_opened_at_its_hint_and_waits_for_no_look()
    {
        var nodes = Kit.StartEven("a", "b", "c");
        foreach (var node in nodes)
            node.Membership.LooksLast = TimeSpan.FromSeconds(1);
        Kit.Advance(1);

        var drained = nodes[0].Drain();
        Kit.AdvanceUntil(() => nodes[0].Served == 0, 2);

        Kit.AssertServed();
        Assert.All(Kit.Database.Shards, row => Assert.All(nodes, node => Assert.Equal(row.Token, TokenOf(node, row.Shard))));
        Kit.AdvanceUntil(() => drained.IsCompleted, 2);
    }

    [Fact]
    public void Who_gets_a_shard_is_told_by_the_hint_how_far_it_was_written_to_and_otherwise_not()
    {
        var nodes = Kit.StartEven("a", "b", "c");
        var own = nodes[0].Host.Open.Keys.ToList();
        nodes[0].Host.Written = 42;
        nodes[2].Membership.LosesHints = true;

        var drained = nodes[0].Drain();
        Kit.AdvanceUntil(() => drained.IsCompleted, 2);
        Kit.AdvanceUntil(Kit.AreAllServed, 1);

        Assert.All(own.Where(nodes[1].Host.Open.ContainsKey), shard => Assert.Equal(42, nodes[1].Host.ToldThrough[shard]));
        Assert.All(own.Where(nodes[2].Host.Open.ContainsKey), shard => Assert.Null(nodes[2].Host.ToldThrough[shard]));
    }

    [Fact]
    public void A_hand_over_whose_hint_is_lost_is_found_by_the_next_look()
    {
        var nodes = Kit.StartEven("a", "b", "c");
        foreach (var node in nodes)
            node.Membership.LosesHints = true;

        var drained = nodes[0].Drain();
        Kit.AdvanceUntil(() => nodes[0].Served == 0, 2);
        Kit.AdvanceUntil(Kit.AreAllServed, 0.3);

        Kit.AdvanceUntil(() => drained.IsCompleted, 1);
        Assert.All(nodes, node => Assert.Empty(node.Host.Abandoned));
    }

    [Fact]
    public void A_look_that_was_sent_before_a_hand_over_takes_nothing_back_when_it_arrives_after_it()
    {
        var nodes = Kit.StartEven("a", "b", "c");
        foreach (var node in nodes)
            node.Membership.LooksLast = TimeSpan.FromSeconds(0.2);

        var drained = nodes[0].Drain();
        for (var step = 0; step < 40; step++)
            Kit.Advance(0.05);

        Assert.True(drained.IsCompleted);
        Kit.AssertServed();
        Assert.All(nodes, node => Assert.Empty(node.Host.Abandoned));
        Assert.Equal(64, nodes.Skip(1).Sum(node => node.Host.Open.Count));
    }

    private static long? TokenOf(TestNode node, int shard) => node.Cluster.RouteTo(shard) switch
    {
        ShardRoute.Here here => here.Fence.Token,
        ShardRoute.There there => there.Token,
        _ => null,
    };
}
