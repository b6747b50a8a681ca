using OpenCode.Actors.Clustering;
using OpenCode.Actors.Clustering.Looks;
using OpenCode.Actors.Clustering.Memory;

namespace OpenCode.Actors.Tests.Clustering;

/// <summary>Who is a member, under each fault (RULES F). One owner for each shard is checked after every step of every test.</summary>
public sealed class MembershipTests : IDisposable
{
    private readonly ClusterKit _kit = new();

    public void Dispose() => _kit.Dispose();

    [Fact]
    public void The_first_node_serves_all_shards_within_a_second()
    {
        var a = _kit.Start("a");

        _kit.Advance(1);

        Assert.Equal((64, Standing.Serving, true), (a.Served, a.Cluster.Standing, a.Cluster.Joined.IsCompletedSuccessfully));
        Assert.Equal(64, a.Host.Open.Count);
    }

    [Fact]
    public void Nodes_that_join_have_their_share_within_twenty_seconds_and_no_shard_is_ever_lost()
    {
        var a = _kit.Start("a");
        _kit.Advance(5);
        var b = _kit.Start("b");
        var c = _kit.Start("c");

        _kit.AdvanceUntil(() => new[] { a, b, c }.All(node => node.Served is 21 or 22), 20);

        Assert.Empty(a.Host.Abandoned);
        Assert.Equal(43, a.Host.Closed.Count, 2.0);
    }

    [Fact]
    public void A_node_that_sees_its_own_row_before_it_knows_that_it_has_joined_gives_and_gets_as_any_other()
    {
        TestNode[] nodes = [_kit.Start("a"), _kit.Start("b"), _kit.Start("c")];
        foreach (var node in nodes)
            node.Membership.Latency = TimeSpan.FromMilliseconds(400);
        nodes[0].Membership.Link = LinkState.Cut;
        _kit.Advance(10);
        nodes[0].Membership.Link = LinkState.Whole;

        _kit.AdvanceUntil(() => nodes.All(node => node.Served is 21 or 22), 60);
    }

    [Fact]
    public void A_killed_node_is_replaced_within_one_and_a_half_seconds_since_its_lock_is_free_and_its_address_refuses_F2()
    {
        var nodes = _kit.StartEven("a", "b", "c");

        nodes[0].Kill();

        Assert.InRange(_kit.AdvanceUntil(_kit.AreAllServed, 6), 0.2, 1.5);
        _kit.AssertEven();
    }

    [Fact]
    public void A_killed_node_whose_address_somebody_else_answers_is_replaced_when_its_beat_has_stood_still_for_the_lease()
    {
        var nodes = _kit.StartEven("a", "b", "c");
        nodes[0].Kill();
        _kit.Network.Set(new Uri("http://a:4096"), Reach.Accepted);

        Assert.InRange(_kit.AdvanceUntil(_kit.AreAllServed, 6), 4, 6);
    }

    [Fact]
    public void A_lost_machine_is_replaced_within_six_seconds()
    {
        var nodes = _kit.StartEven("a", "b", "c");

        nodes[0].LoseMachine();

        Assert.InRange(_kit.AdvanceUntil(_kit.AreAllServed, 6), 4, 6);
    }

    [Fact]
    public void A_frozen_node_is_replaced_and_when_it_thaws_it_abandons_its_shards_and_joins_with_a_new_incarnation_F1()
    {
        var nodes = _kit.StartEven("a", "b", "c");
        var had = nodes[0].Served;
        nodes[0].IsFrozen = true;
        _kit.Advance(3.6);
        Assert.Equal(0, nodes[0].Served);
        Assert.InRange(_kit.AdvanceUntil(_kit.AreAllServed, 2.4), 0.4, 2.4);

        _kit.Advance(4);
        nodes[0].IsFrozen = false;
        _kit.Advance(2);

        Assert.Equal(had, nodes[0].Host.Abandoned.Count);
        Assert.Equal((2L, Standing.Serving, false), (nodes[0].Cluster.View.Self.Incarnation, nodes[0].Cluster.Standing, nodes[0].Host.IsSuspended));
        _kit.Advance(60);
        _kit.AssertServed();
        _kit.AssertEven();
    }

    [Fact]
    public void A_node_frozen_for_less_than_the_lease_goes_on_as_if_nothing_had_been()
    {
        var nodes = _kit.StartEven("a", "b", "c");
        var had = nodes[0].Served;

        nodes[0].IsFrozen = true;
        _kit.Advance(4);
        Assert.Equal(0, nodes[0].Served);
        nodes[0].IsFrozen = false;
        _kit.Advance(1);

        Assert.Equal((had, 1L), (nodes[0].Served, nodes[0].Cluster.View.Self.Incarnation));
    }

    [Fact]
    public void A_database_that_is_away_for_ten_seconds_suspends_everybody_and_costs_nobody_a_shard_F1_F2()
    {
        var nodes = _kit.StartEven("a", "b", "c");
        var before = _kit.Database.Shards;

        _kit.Database.GoAway();
        _kit.Advance(3.6);
        Assert.All(nodes, node => Assert.Equal((Standing.Suspended, true, 0), (node.Cluster.Standing, node.Host.IsSuspended, node.Served)));
        _kit.Advance(6.4);
        _kit.Database.ComeBack();

        Assert.InRange(_kit.AdvanceUntil(_kit.AreAllServed, 6), 0, 1);
        _kit.Advance(30);
        Assert.Equal(before, _kit.Database.Shards);
        Assert.All(nodes, node => Assert.Equal((1L, 1, false), (node.Cluster.View.Self.Incarnation, node.Host.Suspensions, node.Host.IsSuspended)));
    }

    [Fact]
    public void After_an_outage_the_first_node_back_waits_out_the_grace_for_the_others_F2()
    {
        var nodes = _kit.StartEven("a", "b", "c");
        var before = _kit.Database.Shards;
        foreach (var node in nodes)
            node.Membership.Link = LinkState.Cut;
        _kit.Advance(12);

        nodes[0].Membership.Link = LinkState.Whole;
        _kit.Advance(7);
        nodes[1].Membership.Link = LinkState.Whole;
        nodes[2].Membership.Link = LinkState.Whole;
        _kit.Advance(20);

        Assert.Equal(before, _kit.Database.Shards);
        _kit.AssertServed();
    }

    [Fact]
    public void A_node_that_does_not_come_back_after_an_outage_is_declared_dead_after_the_grace()
    {
        var nodes = _kit.StartEven("a", "b");
        _kit.Database.GoAway();
        _kit.Advance(3);
        nodes[1].LoseMachine();
        _kit.Database.ComeBack();

        Assert.InRange(_kit.AdvanceUntil(_kit.AreAllServed, 15), 9.5, 11.5);
    }

    [Fact]
    public void A_restart_of_the_database_frees_all_locks_and_kills_nobody_F2()
    {
        var nodes = _kit.StartEven("a", "b", "c");
        var before = _kit.Database.Shards;

        _kit.Database.Restart();
        _kit.Advance(30);

        Assert.Equal(before, _kit.Database.Shards);
        Assert.All(nodes, node => Assert.Equal((1L, 0), (node.Cluster.View.Self.Incarnation, node.Host.Suspensions)));
    }

    [Fact]
    public void A_restart_of_the_database_while_nobody_accepts_connections_kills_nobody_since_no_lock_was_seen_held_in_that_life_F2()
    {
        var nodes = _kit.StartEven("a", "b");
        foreach (var node in nodes)
            _kit.Network.Set(new Uri($"http://{node.Name}:4096"), Reach.Refused);
        nodes[1].Membership.Link = LinkState.Cut;
        _kit.Database.Restart();

        _kit.Advance(3);
        nodes[1].Membership.Link = LinkState.Whole;
        _kit.Advance(20);

        Assert.All(nodes, node => Assert.Equal(1, node.Cluster.View.Self.Incarnation));
    }

    [Fact]
    public void A_node_cut_from_the_database_is_suspended_replaced_and_joins_again_when_it_gets_through()
    {
        var nodes = _kit.StartEven("a", "b", "c");

        nodes[0].Membership.Link = LinkState.Cut;
        _kit.Advance(3.6);
        Assert.Equal((Standing.Suspended, 0), (nodes[0].Cluster.Standing, nodes[0].Served));
        _kit.AdvanceUntil(_kit.AreAllServed, 2.4);
        _kit.Advance(10);
        Assert.Empty(nodes[0].Host.Abandoned);
        nodes[0].Membership.Link = LinkState.Whole;
        _kit.Advance(60);

        Assert.Equal(2, nodes[0].Cluster.View.Self.Incarnation);
        _kit.AssertServed();
        _kit.AssertEven();
    }

    [Fact]
    public void A_node_that_gets_no_answers_is_replaced_although_its_last_renewal_arrived()
    {
        var nodes = _kit.StartEven("a", "b", "c");

        nodes[0].Membership.Link = LinkState.AnswersLost;

        _kit.Advance(3.6);
        Assert.Equal(0, nodes[0].Served);
        Assert.InRange(_kit.AdvanceUntil(_kit.AreAllServed, 3.4), 0.4, 3.4);
        nodes[0].Membership.Link = LinkState.Whole;
        _kit.Advance(60);
        Assert.Equal(2, nodes[0].Cluster.View.Self.Incarnation);
        _kit.AssertEven();
    }

    [Fact]
    public void A_clock_that_is_an_hour_off_has_no_effect()
    {
        _kit.Start("a", TimeSpan.FromHours(1));
        _kit.Start("b", TimeSpan.FromHours(-1));
        _kit.Start("c");

        _kit.Advance(60);

        _kit.AssertServed();
        _kit.AssertEven();
        Assert.All(_kit.Nodes, node => Assert.Equal((1L, 0), (node.Cluster.View.Self.Incarnation, node.Host.Suspensions)));
    }

    [Fact]
    public void A_second_node_with_the_name_of_a_living_one_is_refused_within_three_seconds()
    {
        var a = _kit.Start("a");
        _kit.Advance(5);

        var second = _kit.Start("a", configure: options => options.Url = new Uri("http://elsewhere:1"));
        _kit.AdvanceUntil(() => second.Cluster.Joined.IsFaulted, 3);

        Assert.IsType<NodeNameInUseException>(second.Cluster.Joined.Exception!.InnerException);
        _kit.Advance(30);
        Assert.Equal((64, 1L), (a.Served, a.Cluster.View.Self.Incarnation));
        Assert.Equal(Standing.Joining, second.Cluster.Standing);
    }

    [Fact]
    public void A_node_started_in_the_place_of_a_frozen_one_waits_until_that_is_declared_dead_and_the_frozen_one_is_then_refused_the_name()
    {
        var first = _kit.Start("a");
        _kit.Advance(5);
        first.IsFrozen = true;

        var second = _kit.Start("a", configure: options => options.Url = new Uri("http://elsewhere:1"));
        _kit.AdvanceUntil(() => second.Served == 64, 12);
        first.IsFrozen = false;
        _kit.Advance(10);

        Assert.Equal((64, 2L), (second.Served, second.Cluster.View.Self.Incarnation));
        Assert.Equal((0, 64), (first.Served, first.Host.Abandoned.Count));
    }

    [Fact]
    public void A_killed_node_that_is_started_again_at_its_address_serves_at_once()
    {
        var first = _kit.Start("a");
        _kit.Advance(5);
        first.Kill();

        var second = _kit.Start("a");

        Assert.InRange(_kit.AdvanceUntil(() => second.Served == 64, 6), 0, 1);
    }

    [Fact]
    public void A_node_joins_although_the_answer_to_its_join_was_lost()
    {
        _kit.Database.GoAway();
        var a = _kit.Start("a");
        _kit.Advance(2);
        Assert.Equal(Standing.Joining, a.Cluster.Standing);
        a.Membership.AnswersUnknown = 3;
        _kit.Database.ComeBack();

        _kit.Advance(10);

        Assert.Equal((64, Standing.Serving), (a.Served, a.Cluster.Standing));
    }

    [Fact]
    public void A_refused_default_location_ends_the_first_join_and_is_not_tried_again_H3()
    {
        _kit.Start("a");

        var b = _kit.Start("b", configure: options => options.DefaultLocation = "/elsewhere");
        _kit.Advance(30);

        Assert.IsType<OtherLocationException>(b.Cluster.Joined.Exception!.InnerException);
        Assert.Single(_kit.Database.Members);
    }

    [Fact]
    public void Answers_that_take_a_second_do_not_cost_the_lease()
    {
        var nodes = _kit.StartEven("a", "b");

        foreach (var node in nodes)
            node.Membership.Latency = TimeSpan.FromSeconds(1);
        _kit.Advance(30);

        Assert.All(nodes, node => Assert.Equal((0, 1L), (node.Host.Suspensions, node.Cluster.View.Self.Incarnation)));
    }

    [Fact]
    public void Lost_hints_cost_a_quarter_of_a_second()
    {
        var nodes = _kit.StartEven("a", "b", "c");
        foreach (var node in nodes)
            node.Membership.LosesHints = true;

        nodes[0].Kill();

        Assert.InRange(_kit.AdvanceUntil(_kit.AreAllServed, 6), 0.2, 1.5);
    }

    [Fact]
    public async Task Whoever_waits_for_a_change_sees_it_and_beats_are_none()
    {
        var a = _kit.Start("a");
        _kit.Advance(2);
        var version = a.Cluster.View.Version;
        var change = a.Cluster.WaitForChangeAsync(version, default).AsTask();
        using var given = new CancellationTokenSource();
        var up = a.Cluster.WaitForChangeAsync(version, given.Token).AsTask();

        _kit.Advance(10);
        Assert.Equal((version, false), (a.Cluster.View.Version, change.IsCompleted));
        Assert.True(a.Cluster.View.Members[0].Beat > 8);
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => up);
        _kit.Start("b");

        Assert.True((await change).Version > version);
    }
}
