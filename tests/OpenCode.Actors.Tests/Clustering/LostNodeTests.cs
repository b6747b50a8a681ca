using OpenCode.Actors.Clustering;
using OpenCode.Actors.Clustering.Looks;
using OpenCode.Actors.Clustering.Memory;

namespace OpenCode.Actors.Tests.Clustering;

/// <summary>A node that is gone, frozen or cut off is replaced, and knows it when it comes back (RULES F1, F2).</summary>
public sealed class LostNodeTests : ClusterTest
{
    [Fact]
    public void A_killed_node_is_replaced_within_one_and_a_half_seconds_since_its_lock_is_free_and_its_address_refuses_F2()
    {
        var nodes = Kit.StartEven("a", "b", "c");

        nodes[0].Kill();

        Assert.InRange(Kit.AdvanceUntil(Kit.AreAllServed, 6), 0.2, 1.5);
        Kit.AssertEven();
    }

    [Fact]
    public void A_killed_node_whose_address_somebody_else_answers_is_replaced_when_its_beat_has_stood_still_for_the_lease()
    {
        var nodes = Kit.StartEven("a", "b", "c");
        nodes[0].Kill();
        Kit.Network.Set(new Uri("http://a:4096"), Reach.Accepted);

        Assert.InRange(Kit.AdvanceUntil(Kit.AreAllServed, 6), 4, 6);
    }

    [Fact]
    public void A_lost_machine_is_replaced_within_six_seconds()
    {
        var nodes = Kit.StartEven("a", "b", "c");

        nodes[0].LoseMachine();

        Assert.InRange(Kit.AdvanceUntil(Kit.AreAllServed, 6), 4, 6);
    }

    [Fact]
    public void Lost_hints_cost_a_quarter_of_a_second()
    {
        var nodes = Kit.StartEven("a", "b", "c");
        foreach (var node in nodes)
            node.Membership.LosesHints = true;

        nodes[0].Kill();

        Assert.InRange(Kit.AdvanceUntil(Kit.AreAllServed, 6), 0.2, 1.5);
    }

    [Fact]
    public void A_frozen_node_is_replaced_and_when_it_thaws_it_abandons_its_shards_and_joins_with_a_new_incarnation_F1()
    {
        var nodes = Kit.StartEven("a", "b", "c");
        var had = nodes[0].Served;
        nodes[0].IsFrozen = true;
        Kit.Advance(3.6);
        Assert.Equal(0, nodes[0].Served);
        Assert.InRange(Kit.AdvanceUntil(Kit.AreAllServed, 2.4), 0.4, 2.4);

        Kit.Advance(4);
        nodes[0].IsFrozen = false;
        Kit.Advance(2);

        Assert.Equal(had, nodes[0].Host.Abandoned.Count);
        Assert.Equal((2L, Standing.Serving, false), (nodes[0].Cluster.View.Self.Incarnation, nodes[0].Cluster.Standing, nodes[0].Host.IsSuspended));
        Kit.Advance(60);
        Kit.AssertServed();
        Kit.AssertEven();
    }

    [Fact]
    public void A_node_frozen_for_less_than_the_lease_goes_on_as_if_nothing_had_been()
    {
        var nodes = Kit.StartEven("a", "b", "c");
        var had = nodes[0].Served;

        nodes[0].IsFrozen = true;
        Kit.Advance(4);
        Assert.Equal(0, nodes[0].Served);
        nodes[0].IsFrozen = false;
        Kit.Advance(1);

        Assert.Equal((had, 1L), (nodes[0].Served, nodes[0].Cluster.View.Self.Incarnation));
    }

    [Fact]
    public void A_node_cut_from_the_database_is_suspended_replaced_and_joins_again_when_it_gets_through()
    {
        var nodes = Kit.StartEven("a", "b", "c");

        nodes[0].Membership.Link = LinkState.Cut;
        Kit.Advance(3.6);
        Assert.Equal((Standing.Suspended, 0), (nodes[0].Cluster.Standing, nodes[0].Served));
        Kit.AdvanceUntil(Kit.AreAllServed, 2.4);
        Kit.Advance(10);
        Assert.Empty(nodes[0].Host.Abandoned);
        nodes[0].Membership.Link = LinkState.Whole;
        Kit.Advance(60);

        Assert.Equal(2, nodes[0].Cluster.View.Self.Incarnation);
        Kit.AssertServed();
        Kit.AssertEven();
    }

    [Fact]
    public void A_node_that_gets_no_answers_is_replaced_although_its_last_renewal_arrived()
    {
        var nodes = Kit.StartEven("a", "b", "c");

        nodes[0].Membership.Link = LinkState.AnswersLost;

        Kit.Advance(3.6);
        Assert.Equal(0, nodes[0].Served);
        Assert.InRange(Kit.AdvanceUntil(Kit.AreAllServed, 3.4), 0.4, 3.4);
        nodes[0].Membership.Link = LinkState.Whole;
        Kit.Advance(60);
        Assert.Equal(2, nodes[0].Cluster.View.Self.Incarnation);
        Kit.AssertEven();
    }
}
