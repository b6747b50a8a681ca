using OpenCode.Actors.Clustering;
using OpenCode.Actors.Clustering.Looks;
using OpenCode.Actors.Clustering.Memory;

namespace OpenCode.Actors.Tests.Clustering;

/// <summary>A database that is away or begins anew costs nobody a shard (RULES F1, F2).</summary>
public sealed class OutageTests : ClusterTest
{
    [Fact]
    public void A_database_that_is_away_for_ten_seconds_suspends_everybody_and_costs_nobody_a_shard_F1_F2()
    {
        var nodes = Kit.StartEven("a", "b", "c");
        var before = Kit.Database.Shards;

        Kit.Database.GoAway();
        Kit.Advance(3.6);
        Assert.All(nodes, node => Assert.Equal((Standing.Suspended, true, 0), (node.Cluster.Standing, node.Host.IsSuspended, node.Served)));
        Kit.Advance(6.4);
        Kit.Database.ComeBack();

        Assert.InRange(Kit.AdvanceUntil(Kit.AreAllServed, 6), 0, 1);
        Kit.Advance(30);
        Assert.Equal(before, Kit.Database.Shards);
        Assert.All(nodes, node => Assert.Equal((1L, 1, false), (node.Cluster.View.Self.Incarnation, node.Host.Suspensions, node.Host.IsSuspended)));
    }

    [Fact]
    public void After_an_outage_the_first_node_back_waits_out_the_grace_for_the_others_F2()
    {
        var nodes = Kit.StartEven("a", "b", "c");
        var before = Kit.Database.Shards;
        foreach (var node in nodes)
            node.Membership.Link = LinkState.Cut;
        Kit.Advance(12);

        nodes[0].Membership.Link = LinkState.Whole;
        Kit.Advance(7);
        nodes[1].Membership.Link = LinkState.Whole;
        nodes[2].Membership.Link = LinkState.Whole;
        Kit.Advance(20);

        Assert.Equal(before, Kit.Database.Shards);
        Kit.AssertServed();
    }

    [Fact]
    public void A_node_that_does_not_come_back_after_an_outage_is_declared_dead_after_the_grace()
    {
        var nodes = Kit.StartEven("a", "b");
        Kit.Database.GoAway();
        Kit.Advance(3);
        nodes[1].LoseMachine();
        Kit.Database.ComeBack();

        Assert.InRange(Kit.AdvanceUntil(Kit.AreAllServed, 15), 9.5, 11.5);
    }

    [Fact]
    public void A_restart_of_the_database_frees_all_locks_and_kills_nobody_F2()
    {
        var nodes = Kit.StartEven("a", "b", "c");
        var before = Kit.Database.Shards;

        Kit.Database.Restart();
        Kit.Advance(30);

        Assert.Equal(before, Kit.Database.Shards);
        Assert.All(nodes, node => Assert.Equal((1L, 0), (node.Cluster.View.Self.Incarnation, node.Host.Suspensions)));
    }

    [Fact]
    public void A_restart_of_the_database_while_nobody_accepts_connections_kills_nobody_since_no_lock_was_seen_held_in_that_life_F2()
    {
        var nodes = Kit.StartEven("a", "b");
        foreach (var node in nodes)
            Kit.Network.Set(new Uri($"http://{node.Name}:4096"), Reach.Refused);
        nodes[1].Membership.Link = LinkState.Cut;
        Kit.Database.Restart();

        Kit.Advance(3);
        nodes[1].Membership.Link = LinkState.Whole;
        Kit.Advance(20);

        Assert.All(nodes, node => Assert.Equal(1, node.Cluster.View.Self.Incarnation));
    }
    [Fact]
    public void A_look_that_comes_late_begins_the_count_of_the_silent_anew_and_is_said_in_the_log_F2()
    {
        var nodes = Kit.StartEven("a", "b");
        nodes[1].LoseMachine();
        Kit.Advance(4);

        nodes[0].Membership.Latency = TimeSpan.FromSeconds(1.5);
        Kit.Advance(1.6);
        nodes[0].Membership.Latency = TimeSpan.Zero;

        Assert.InRange(Kit.AdvanceUntil(Kit.AreAllServed, 15), 3.5, 6);
        Assert.Contains(Kit.Logs.Records, static record => record.EventId == 4007);
    }
}
