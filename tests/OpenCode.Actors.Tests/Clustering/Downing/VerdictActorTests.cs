using Akka.Actor;
using Akka.Remote;
using OpenCode.Actors.Clustering.Downing;
using OpenCode.Actors.Clustering.Members;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Tests.Journal.Memory;

namespace OpenCode.Actors.Tests.Clustering.Downing;

public sealed class VerdictActorTests : VerdictKit
{
    [Fact]
    public async Task A_member_whose_port_refuses_is_removed_as_soon_as_its_link_breaks()
    {
        await StartAsync();
        Port = PortAnswer.Refuses;

        Actor.Tell(new DisassociatedEvent(Address.Parse("akka.tcp://opencode@10.0.0.1:7001"), Address2, inbound: false));
        RunDry();

        Assert.Equal([N2], Removed);
        Assert.Equal(NodeStatus.Dead, RowOf("n2"));
        Assert.Contains(Logs.Records, record => record.EventId == 7020);
    }

    [Fact]
    public async Task A_node_that_left_by_itself_is_removed_and_called_no_dead_one()
    {
        await StartAsync();
        Port = PortAnswer.Refuses;
        Others = [new(N2, false, true) { IsLeaving = true }];
        await Second.LeaveAsync(CancellationToken.None); // After the last look.

        Actor.Tell(new DisassociatedEvent(Address.Parse("akka.tcp://opencode@10.0.0.1:7001"), Address2, inbound: false));
        RunDry();

        Assert.Equal([N2], Removed);
        Assert.DoesNotContain(Logs.Records, record => record.EventId == 7020);
        Assert.Contains(Logs.Records, record => record.EventId == 7024);
        Assert.Equal(0, Meters.Totals.GetValueOrDefault("opencode_cluster_takeovers_total"));
    }

    [Fact]
    public async Task A_node_that_dies_on_its_way_out_is_a_dead_one()
    {
        await StartAsync();
        Port = PortAnswer.Refuses;
        Others = [new(N2, false, true) { IsLeaving = true }];

        Actor.Tell(new DisassociatedEvent(Address.Parse("akka.tcp://opencode@10.0.0.1:7001"), Address2, inbound: false));
        RunDry();

        Assert.Equal([N2], Removed);
        Assert.Equal(NodeStatus.Dead, RowOf("n2"));
        Assert.Contains(Logs.Records, record => record.EventId == 7020);
    }

    [Fact]
    public async Task A_broken_link_to_a_port_that_answers_removes_nobody()
    {
        await StartAsync();
        Port = PortAnswer.Accepts;

        Actor.Tell(new DisassociatedEvent(Address.Parse("akka.tcp://opencode@10.0.0.1:7001"), Address2, inbound: false));
        Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Empty(Removed);
        Assert.Equal(NodeStatus.Up, RowOf("n2"));
    }

    [Fact]
    public async Task A_member_that_is_not_heard_is_removed_after_half_a_second_by_the_side_that_has_the_first()
    {
        await StartAsync();

        Unreachable();
        Time.Advance(TimeSpan.FromMilliseconds(580));
        Assert.Empty(Removed);
        Time.Advance(TimeSpan.FromMilliseconds(200));

        Assert.Equal([N2], Removed);
    }

    [Fact]
    public async Task The_smaller_side_of_a_cut_waits_a_second_longer()
    {
        await StartAsync();
        HasFirst = false;

        Unreachable();
        Time.Advance(TimeSpan.FromMilliseconds(1_500));
        Assert.Empty(Removed);
        Time.Advance(TimeSpan.FromMilliseconds(300));

        Assert.Equal([N2], Removed);
    }

    [Fact]
    public async Task A_member_that_is_heard_again_stays()
    {
        await StartAsync();

        Unreachable();
        Time.Advance(TimeSpan.FromMilliseconds(400));
        Others = [new(N2, true, true)];
        Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Empty(Removed);
        Assert.Equal(NodeStatus.Up, RowOf("n2"));
    }

    [Fact]
    public async Task Without_an_answer_of_the_arbiter_no_member_is_removed_and_the_question_is_asked_again()
    {
        await StartAsync();
        Arbiter.SetAway(true);

        Unreachable();
        Time.Advance(TimeSpan.FromSeconds(30));
        Assert.Empty(Removed);
        Assert.Equal(NodeStatus.Up, RowOf("n2"));

        Arbiter.SetAway(false);
        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([N2], Removed);
    }

    [Fact]
    public async Task A_member_that_died_without_the_arbiter_is_asked_about_as_soon_as_that_answers_again()
    {
        await StartAsync();
        Arbiter.SetAway(true);
        Unreachable();
        Time.Advance(TimeSpan.FromSeconds(30));

        Standing.Suspend(Time.GetTimestamp());
        Arbiter.SetAway(false);
        Standing.Answered(Standing.Now.Look!, Time.GetTimestamp());
        RunDry();

        Assert.Equal([N2], Removed);
    }

    [Fact]
    public async Task An_answer_that_was_lost_is_no_verdict_until_it_is_asked_for_again()
    {
        await StartAsync();
        var faults = new Queue<ArbiterFault>([ArbiterFault.AnswerLost]);
        Arbiter.Fault = call => call == ArbiterCall.DeclareDead && faults.TryDequeue(out var fault) ? fault : ArbiterFault.None;

        Unreachable();
        Time.Advance(TimeSpan.FromMilliseconds(700));
        Assert.Empty(Removed);
        Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal([N2], Removed);
    }

    [Fact]
    public async Task Of_two_nodes_that_do_not_hear_each_other_the_second_to_ask_ends()
    {
        await StartAsync();
        Assert.Equal(Verdict.OtherIsDead, await Second.DeclareDeadAsync(Describe("n1", 1, 7001).Identity, CancellationToken.None));

        Unreachable();
        Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Empty(Removed);
        Assert.Single(Deaths);
    }

    [Fact]
    public async Task A_node_that_a_peer_takes_for_dead_looks_at_its_own_row_and_lives_if_that_says_so()
    {
        await StartAsync();
        var wanted = 0;
        Standing.LookWanted.Add(_ => wanted++);

        Actor.Tell(new ThisActorSystemQuarantinedEvent(Address.Parse("akka.tcp://opencode@10.0.0.1:7001"), Address2));
        RunDry();

        Assert.Equal(1, wanted);
        Assert.Empty(Deaths);
    }

    [Fact]
    public async Task A_node_that_still_joins_declares_no_node_dead()
    {
        await JoinAsync(Arbiter, Describe("n1", 1, 7001));
        await JoinAsync(Second, Describe("n2", 2, 7002));
        Spawn(VerdictActor.PropsFor(this, Setup()));
        await RunDryAsync();

        Unreachable();
        Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Empty(Removed);
        Assert.Equal(NodeStatus.Up, RowOf("n2"));
    }
}
