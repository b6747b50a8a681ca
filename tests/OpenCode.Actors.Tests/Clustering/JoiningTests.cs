using OpenCode.Actors.Clustering;
using OpenCode.Actors.Clustering.Memory;

namespace OpenCode.Actors.Tests.Clustering;

/// <summary>Who may join, under which name, and how soon it serves.</summary>
public sealed class JoiningTests : ClusterTest
{
    [Fact]
    public void The_first_node_serves_all_shards_within_a_second()
    {
        var a = Kit.Start("a");

        Kit.Advance(1);

        Assert.Equal((64, Standing.Serving, true), (a.Served, a.Cluster.Standing, a.Cluster.Joined.IsCompletedSuccessfully));
        Assert.Equal(64, a.Host.Open.Count);
    }

    [Fact]
    public void Nodes_that_join_have_their_share_within_twenty_seconds_and_no_shard_is_ever_lost()
    {
        var a = Kit.Start("a");
        Kit.Advance(5);
        var b = Kit.Start("b");
        var c = Kit.Start("c");

        Kit.AdvanceUntil(() => new[] { a, b, c }.All(node => node.Served is 21 or 22), 20);

        Assert.Empty(a.Host.Abandoned);
        Assert.Equal(43, a.Host.Closed.Count, 2.0);
    }

    [Fact]
    public void A_node_that_sees_its_own_row_before_it_knows_that_it_has_joined_gives_and_gets_as_any_other()
    {
        TestNode[] nodes = [Kit.Start("a"), Kit.Start("b"), Kit.Start("c")];
        foreach (var node in nodes)
            node.Membership.Latency = TimeSpan.FromMilliseconds(400);
        nodes[0].Membership.Link = LinkState.Cut;
        Kit.Advance(10);
        nodes[0].Membership.Link = LinkState.Whole;

        Kit.AdvanceUntil(() => nodes.All(node => node.Served is 21 or 22), 60);
    }

    [Fact]
    public void A_node_joins_although_the_answer_to_its_join_was_lost()
    {
        Kit.Database.GoAway();
        var a = Kit.Start("a");
        Kit.Advance(2);
        Assert.Equal(Standing.Joining, a.Cluster.Standing);
        a.Membership.AnswersUnknown = 3;
        Kit.Database.ComeBack();

        Kit.Advance(10);

        Assert.Equal((64, Standing.Serving), (a.Served, a.Cluster.Standing));
    }

    [Fact]
    public void A_killed_node_that_is_started_again_at_its_address_serves_at_once()
    {
        var first = Kit.Start("a");
        Kit.Advance(5);
        first.Kill();

        var second = Kit.Start("a");

        Assert.InRange(Kit.AdvanceUntil(() => second.Served == 64, 6), 0, 1);
    }

    [Fact]
    public void A_node_started_in_the_place_of_a_frozen_one_waits_until_that_is_declared_dead_and_the_frozen_one_is_then_refused_the_name()
    {
        var first = Kit.Start("a");
        Kit.Advance(5);
        first.IsFrozen = true;

        var second = Kit.Start("a", configure: options => options.Url = new Uri("http://elsewhere:1"));
        Kit.AdvanceUntil(() => second.Served == 64, 12);
        first.IsFrozen = false;
        Kit.Advance(10);

        Assert.Equal((64, 2L), (second.Served, second.Cluster.View.Self.Incarnation));
        Assert.Equal((0, 64), (first.Served, first.Host.Abandoned.Count));
    }

    [Fact]
    public void A_second_node_with_the_name_of_a_living_one_is_refused_within_three_seconds()
    {
        var a = Kit.Start("a");
        Kit.Advance(5);

        var second = Kit.Start("a", configure: options => options.Url = new Uri("http://elsewhere:1"));
        Kit.AdvanceUntil(() => second.Cluster.Joined.IsFaulted, 3);

        Assert.IsType<NodeNameInUseException>(second.Cluster.Joined.Exception!.InnerException);
        Kit.Advance(30);
        Assert.Equal((64, 1L), (a.Served, a.Cluster.View.Self.Incarnation));
        Assert.Equal(Standing.Joining, second.Cluster.Standing);
    }

    [Fact]
    public void A_refused_default_location_ends_the_first_join_and_is_not_tried_again_H3()
    {
        Kit.Start("a");

        var b = Kit.Start("b", configure: options => options.DefaultLocation = "/elsewhere");
        Kit.Advance(30);

        Assert.IsType<OtherLocationException>(b.Cluster.Joined.Exception!.InnerException);
        Assert.Single(Kit.Database.Members);
    }
}
