using OpenCode.Actors.Clustering;
using OpenCode.Actors.Clustering.Looks;
using OpenCode.Actors.Clustering.Memory;

namespace OpenCode.Actors.Tests.Clustering;

/// <summary>Which shard runs where: rebalance, hand-off and drain (RULES G2).</summary>
public sealed class PlacementTests : IDisposable
{
    private readonly ClusterKit _kit = new();

    public void Dispose() => _kit.Dispose();

    [Fact]
    public void A_rebalance_leaves_shards_with_an_unfinished_turn_where_they_are_G2()
    {
        var a = _kit.Start("a");
        _kit.Advance(1);
        a.Host.Busy.UnionWith(Enumerable.Range(0, 50));

        var b = _kit.Start("b");
        _kit.Advance(30);

        Assert.Equal((50, 14), (a.Served, b.Served));
        Assert.All(Enumerable.Range(0, 50), shard => Assert.IsType<ShardRoute.Here>(a.Cluster.RouteTo(shard)));
        a.Host.Busy.Clear();
        _kit.Advance(10);
        Assert.Equal((32, 32), (a.Served, b.Served));
    }

    [Fact]
    public void A_rebalance_moves_at_most_four_shards_in_a_second()
    {
        var a = _kit.Start("a");
        _kit.Advance(1);
        _kit.Start("b");

        for (var second = 1; second <= 7; second++)
        {
            _kit.Advance(1);
            Assert.InRange(a.Host.Closed.Count, (second - 1) * 4, (second + 1) * 4);
        }
    }

    [Fact]
    public void A_route_to_another_node_names_it_and_its_token_and_in_between_there_is_none()
    {
        var nodes = _kit.StartEven("a", "b");
        var moved = _kit.Database.Shards.First(row => row.Owner == "b");

        var there = Assert.IsType<ShardRoute.There>(nodes[0].Cluster.RouteTo(moved.Shard));
        Assert.Equal(("b", moved.Token), (there.Member.Name, there.Token));
        Assert.Equal(moved.Token, Assert.IsType<ShardRoute.Here>(nodes[1].Cluster.RouteTo(moved.Shard)).Fence.Token);

        nodes[1].Kill();
        _kit.Network.Set(new Uri("http://b:4096"), Reach.Unknown);
        _kit.AdvanceUntil(() => nodes[0].Cluster.RouteTo(moved.Shard) is ShardRoute.Here { Fence.Token: var token } && token == moved.Token + 1, 6);
    }

    [Fact]
    public void A_hand_off_closes_the_shard_before_another_node_gets_it()
    {
        var a = _kit.Start("a");
        _kit.Advance(1);
        a.Host.HoldClose = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        var b = _kit.Start("b");
        _kit.Advance(5);
        Assert.Equal((60, 0), (a.Served, b.Served));
        Assert.All(_kit.Database.Shards, row => Assert.Equal("a", row.Owner));

        a.Host.HoldClose.SetResult();
        a.Host.HoldClose = null;
        _kit.Advance(20);
        Assert.Equal((32, 32), (a.Served, b.Served));
    }

    [Fact]
    public void A_hand_off_whose_answer_is_lost_ends_with_one_owner()
    {
        var a = _kit.Start("a");
        var b = _kit.Start("b");

        for (var i = 0; i < 12; i++)
        {
            a.Membership.AnswersUnknown = 1;
            _kit.Advance(1);
        }

        _kit.Advance(30);
        _kit.AssertServed();
        Assert.Equal((32, 32), (a.Served, b.Served));
    }

    [Fact]
    public void A_node_that_is_declared_dead_in_the_middle_of_a_hand_off_abandons_what_it_was_closing()
    {
        var a = _kit.Start("a");
        _kit.Advance(1);
        a.Host.HoldClose = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _kit.Start("b");
        _kit.Advance(15);

        a.Membership.Link = LinkState.Cut;
        _kit.Advance(8);
        a.Membership.Link = LinkState.Whole;
        _kit.Advance(5);

        Assert.Equal((64, 2L), (a.Host.Abandoned.Count, a.Cluster.View.Self.Incarnation));
        a.Host.HoldClose.SetResult();
        a.Host.HoldClose = null;
        _kit.Advance(30);
        _kit.AssertServed();
        _kit.AssertEven();
    }

    [Fact]
    public void A_host_that_fails_is_asked_again()
    {
        var nodes = _kit.StartEven("a", "b", "c");
        foreach (var node in nodes)
            node.Host.Faults = 5;

        nodes[0].Membership.Link = LinkState.Cut;
        _kit.Advance(8);
        nodes[0].Membership.Link = LinkState.Whole;
        _kit.Advance(60);

        _kit.AssertServed();
        _kit.AssertEven();
        Assert.All(nodes, node => Assert.Equal(0, node.Host.Faults));
    }

    [Fact]
    public void A_host_that_begins_anew_gets_its_shards_again_under_the_tokens_they_have()
    {
        var nodes = _kit.StartEven("a", "b");
        var before = nodes[0].Host.Open.ToDictionary();

        nodes[0].Host.Forget();
        _kit.RunDry();
        Assert.Equal(0, nodes[0].Served);
        _kit.AdvanceUntil(_kit.AreAllServed, 0.5);

        Assert.Equal(before, nodes[0].Host.Open);
        Assert.Equal(1, nodes[0].Cluster.View.Self.Incarnation);
    }

    [Fact]
    public void A_host_that_begins_anew_in_the_middle_of_a_hand_over_is_asked_anew()
    {
        var nodes = _kit.StartEven("a", "b");
        nodes[0].Host.HoldClose = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var drained = nodes[0].Drain();
        _kit.Advance(0.5);

        nodes[0].Host.HoldClose = null; // The old instance never answers.
        nodes[0].Host.Forget();

        _kit.AdvanceUntil(() => drained.IsCompleted, 2);
        _kit.AdvanceUntil(_kit.AreAllServed, 0.5);
        Assert.Equal(64, nodes[1].Served);
    }

    [Fact]
    public async Task A_drain_gives_everything_away_and_the_node_is_dead_by_its_own_wish()
    {
        var nodes = _kit.StartEven("a", "b", "c");

        var drained = nodes[0].Drain();
        _kit.AdvanceUntil(() => drained.IsCompleted, 2);
        Assert.Equal((0, Standing.Leaving), (nodes[0].Served, nodes[0].Cluster.Standing));
        _kit.AdvanceUntil(_kit.AreAllServed, 1);
        var left = nodes[0].Leave();
        await left;

        Assert.Equal(["b", "c"], _kit.Database.Members.Select(member => member.Name));
        Assert.Empty(nodes[0].Host.Abandoned);
        nodes[0].Exit();
        _kit.Advance(10);
        _kit.AssertEven();
    }

    [Fact]
    public void A_drain_waits_for_turns_up_to_its_window_and_then_closes_them_G2()
    {
        var nodes = _kit.StartEven("a", "b");
        var open = nodes[0].Host.Open.Keys.ToList();
        nodes[0].Host.Busy.UnionWith([open[0], open[1]]);

        var drained = nodes[0].Drain();
        _kit.Advance(1);
        Assert.Equal((2, false), (nodes[0].Served, drained.IsCompleted));
        nodes[0].Host.Busy.Remove(open[0]);
        _kit.Advance(0.4);
        Assert.Equal((1, false), (nodes[0].Served, drained.IsCompleted));
        _kit.AdvanceUntil(() => drained.IsCompleted, 1);

        Assert.Equal(open.Order(), nodes[0].Host.Closed.TakeLast(open.Count).Order());
        Assert.Equal(open[1], nodes[0].Host.Closed[^1]);
    }

    [Fact]
    public void A_drain_hands_over_a_few_shards_at_a_time_and_the_others_are_served_meanwhile()
    {
        var nodes = _kit.StartEven("a", "b", "c");
        var had = nodes[0].Served;
        nodes[0].Host.HoldClose = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        var drained = nodes[0].Drain();
        _kit.Advance(1);
        Assert.Equal((had - 2, false), (nodes[0].Served, drained.IsCompleted));

        nodes[0].Host.HoldClose!.SetResult();
        nodes[0].Host.HoldClose = null;
        _kit.AdvanceUntil(() => drained.IsCompleted && _kit.AreAllServed(), 0.2);
    }

    [Fact]
    public void A_hand_over_is_opened_at_its_hint_and_waits_for_no_look()
    {
        var nodes = _kit.StartEven("a", "b", "c");
        foreach (var node in nodes)
            node.Membership.LooksLast = TimeSpan.FromSeconds(1);
        _kit.Advance(1);

        var drained = nodes[0].Drain();
        _kit.AdvanceUntil(() => nodes[0].Served == 0, 2);

        _kit.AssertServed();
        Assert.All(_kit.Database.Shards, row => Assert.All(nodes, node => Assert.Equal(row.Token, TokenOf(node, row.Shard))));
        _kit.AdvanceUntil(() => drained.IsCompleted, 2);
    }

    [Fact]
    public void A_hand_over_whose_hint_is_lost_is_found_by_the_next_look()
    {
        var nodes = _kit.StartEven("a", "b", "c");
        foreach (var node in nodes)
            node.Membership.LosesHints = true;

        var drained = nodes[0].Drain();
        _kit.AdvanceUntil(() => nodes[0].Served == 0, 2);
        _kit.AdvanceUntil(_kit.AreAllServed, 0.3);

        _kit.AdvanceUntil(() => drained.IsCompleted, 1);
        Assert.All(nodes, node => Assert.Empty(node.Host.Abandoned));
    }

    [Fact]
    public void A_look_that_was_sent_before_a_hand_over_takes_nothing_back_when_it_arrives_after_it()
    {
        var nodes = _kit.StartEven("a", "b", "c");
        foreach (var node in nodes)
            node.Membership.LooksLast = TimeSpan.FromSeconds(0.2);

        var drained = nodes[0].Drain();
        for (var step = 0; step < 40; step++)
            _kit.Advance(0.05);

        Assert.True(drained.IsCompleted);
        _kit.AssertServed();
        Assert.All(nodes, node => Assert.Empty(node.Host.Abandoned));
        Assert.Equal(64, nodes.Skip(1).Sum(node => node.Host.Open.Count));
    }

    [Fact]
    public void A_node_that_is_late_with_its_beat_is_given_nothing_by_a_drain_or_a_rebalance()
    {
        var nodes = _kit.StartEven("a", "b", "c");
        var frozenHad = _kit.Database.Shards.Count(row => row.Owner == "c");
        nodes[2].IsFrozen = true;
        _kit.Advance(3);

        var drained = nodes[0].Drain();
        _kit.AdvanceUntil(() => drained.IsCompleted, 1.5);

        Assert.Equal(frozenHad, _kit.Database.Shards.Count(row => row.Owner == "c"));
        Assert.Equal(64 - frozenHad, _kit.Database.Shards.Count(row => row.Owner == "b"));
    }

    [Fact]
    public async Task The_last_node_closes_its_shards_and_leaves_them_in_the_database_for_the_next()
    {
        var a = _kit.Start("a");
        _kit.Advance(1);

        var drained = a.Drain();
        _kit.AdvanceUntil(() => drained.IsCompleted, 3);
        await a.Leave();
        a.Exit();

        Assert.Equal(64, a.Host.Closed.Count);
        Assert.Empty(_kit.Database.Members);
        var b = _kit.Start("b");
        _kit.AdvanceUntil(() => b.Served == 64, 1);
    }

    [Fact]
    public void A_drain_without_a_database_ends_when_the_leave_is_given_up_and_serves_nothing_any_more()
    {
        var nodes = _kit.StartEven("a", "b");
        nodes[0].Membership.Link = LinkState.Cut;

        var drained = nodes[0].Drain();
        _kit.Advance(4);
        Assert.Equal((0, false), (nodes[0].Served, drained.IsCompleted));
        nodes[0].Exit();

        _kit.AdvanceUntil(_kit.AreAllServed, 6);
    }

    [Fact]
    public async Task A_rolling_restart_of_three_nodes_leaves_no_shard_without_an_owner_for_a_second()
    {
        _kit.StartEven("a", "b", "c");

        foreach (var name in (string[])["a", "b", "c"])
        {
            var node = _kit.Nodes.Single(n => n.Name == name);
            var drained = node.Drain();
            _kit.AdvanceUntil(() => drained.IsCompleted, 3);
            await node.Leave();
            node.Exit();
            _kit.AdvanceUntil(_kit.AreAllServed, 1);
            _kit.Start(name);
            _kit.Advance(15);
        }

        _kit.AssertServed();
        _kit.AssertEven();
        Assert.All(_kit.Nodes, node => Assert.Equal((2L, 0), (node.Cluster.View.Self.Incarnation, node.Host.Abandoned.Count)));
    }

    private static long? TokenOf(TestNode node, int shard) => node.Cluster.RouteTo(shard) switch
    {
        ShardRoute.Here here => here.Fence.Token,
        ShardRoute.There there => there.Token,
        _ => null,
    };
}
