using Akka.Actor;
using Akka.Cluster;
using Akka.Remote;
using OpenCode.Actors.Clustering.Downing;
using OpenCode.Actors.Clustering.Members;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Tests.Journal.Memory;

namespace OpenCode.Actors.Tests.Clustering.Downing;

public sealed class VerdictActorTests : ClusterKit, IPeers, IPortProbe
{
    private static readonly Address _address2 = Address.Parse("akka.tcp://opencode@10.0.0.1:7002");
    private static readonly UniqueAddress _n2 = new(_address2, 2);

    private readonly List<UniqueAddress> _removed = [];
    private readonly MemoryArbiter _second;
    private List<Peer> _others = [new(_n2, true, true)];
    private PortAnswer _port = PortAnswer.Silent;
    private NodeLook? _looks;
    private IActorRef _actor = ActorRefs.Nobody;

    public VerdictActorTests() => _second = new MemoryArbiter(Rows, Time);

    IReadOnlyList<Peer> IPeers.Others => [.. _others.Where(peer => !_removed.Contains(peer.Node))];

    public bool HasFirst { get; set; } = true;

    public bool AreSilent => false;

    void IPeers.Remove(UniqueAddress node) => _removed.Add(node);

    ValueTask<PortAnswer> IPortProbe.AskAsync(Address address, TimeSpan limit, CancellationToken cancellationToken) => new(_port);

    [Fact]
    public async Task A_member_whose_port_refuses_is_removed_as_soon_as_its_link_breaks()
    {
        await StartAsync();
        _port = PortAnswer.Refuses;

        _actor.Tell(new DisassociatedEvent(Address.Parse("akka.tcp://opencode@10.0.0.1:7001"), _address2, inbound: false));
        RunDry();

        Assert.Equal([_n2], _removed);
        Assert.Equal(NodeStatus.Dead, RowOf("n2"));
        Assert.Contains(Logs.Records, record => record.EventId == 7020);
    }

    [Fact]
    public async Task A_node_that_left_by_itself_is_removed_and_called_no_dead_one()
    {
        await StartAsync();
        _port = PortAnswer.Refuses;
        _others = [new(_n2, false, true) { IsLeaving = true }];
        await _second.LeaveAsync(CancellationToken.None); // After the last look.

        _actor.Tell(new DisassociatedEvent(Address.Parse("akka.tcp://opencode@10.0.0.1:7001"), _address2, inbound: false));
        RunDry();

        Assert.Equal([_n2], _removed);
        Assert.DoesNotContain(Logs.Records, record => record.EventId == 7020);
        Assert.Contains(Logs.Records, record => record.EventId == 7024);
        Assert.Equal(0, Meters.Totals.GetValueOrDefault("opencode_cluster_takeovers_total"));
    }

    [Fact]
    public async Task A_node_that_dies_on_its_way_out_is_a_dead_one()
    {
        await StartAsync();
        _port = PortAnswer.Refuses;
        _others = [new(_n2, false, true) { IsLeaving = true }];

        _actor.Tell(new DisassociatedEvent(Address.Parse("akka.tcp://opencode@10.0.0.1:7001"), _address2, inbound: false));
        RunDry();

        Assert.Equal([_n2], _removed);
        Assert.Equal(NodeStatus.Dead, RowOf("n2"));
        Assert.Contains(Logs.Records, record => record.EventId == 7020);
    }

    [Fact]
    public async Task A_broken_link_to_a_port_that_answers_removes_nobody()
    {
        await StartAsync();
        _port = PortAnswer.Accepts;

        _actor.Tell(new DisassociatedEvent(Address.Parse("akka.tcp://opencode@10.0.0.1:7001"), _address2, inbound: false));
        Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Empty(_removed);
        Assert.Equal(NodeStatus.Up, RowOf("n2"));
    }

    [Fact]
    public async Task A_member_that_is_not_heard_is_removed_after_half_a_second_by_the_side_that_has_the_first()
    {
        await StartAsync();

        Unreachable();
        Time.Advance(TimeSpan.FromMilliseconds(580));
        Assert.Empty(_removed);
        Time.Advance(TimeSpan.FromMilliseconds(200));

        Assert.Equal([_n2], _removed);
    }

    [Fact]
    public async Task The_smaller_side_of_a_cut_waits_a_second_longer()
    {
        await StartAsync();
        HasFirst = false;

        Unreachable();
        Time.Advance(TimeSpan.FromMilliseconds(1_500));
        Assert.Empty(_removed);
        Time.Advance(TimeSpan.FromMilliseconds(300));

        Assert.Equal([_n2], _removed);
    }

    [Fact]
    public async Task A_member_that_is_heard_again_stays()
    {
        await StartAsync();

        Unreachable();
        Time.Advance(TimeSpan.FromMilliseconds(400));
        _others = [new(_n2, true, true)];
        Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Empty(_removed);
        Assert.Equal(NodeStatus.Up, RowOf("n2"));
    }

    [Fact]
    public async Task Without_an_answer_of_the_arbiter_nobody_is_removed_and_the_question_is_asked_again()
    {
        await StartAsync();
        Arbiter.SetAway(true);

        Unreachable();
        Time.Advance(TimeSpan.FromSeconds(30));
        Assert.Empty(_removed);
        Assert.Equal(NodeStatus.Up, RowOf("n2"));

        Arbiter.SetAway(false);
        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([_n2], _removed);
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

        Assert.Equal([_n2], _removed);
    }

    [Fact]
    public async Task An_answer_that_was_lost_is_no_verdict_until_it_is_asked_for_again()
    {
        await StartAsync();
        var faults = new Queue<ArbiterFault>([ArbiterFault.AnswerLost]);
        Arbiter.Fault = call => call == ArbiterCall.DeclareDead && faults.TryDequeue(out var fault) ? fault : ArbiterFault.None;

        Unreachable();
        Time.Advance(TimeSpan.FromMilliseconds(700));
        Assert.Empty(_removed);
        Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal([_n2], _removed);
    }

    [Fact]
    public async Task Of_two_nodes_that_do_not_hear_each_other_the_second_to_ask_ends()
    {
        await StartAsync();
        Assert.Equal(Verdict.OtherIsDead, await _second.DeclareDeadAsync(Describe("n1", 1, 7001).Identity, CancellationToken.None));

        Unreachable();
        Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Empty(_removed);
        Assert.Single(Deaths);
    }

    [Fact]
    public async Task A_member_that_others_have_declared_dead_is_removed_though_it_is_heard()
    {
        await StartAsync();
        var third = new MemoryArbiter(Rows, Time);
        await JoinAsync(third, Describe("n3", 3, 7003));
        await third.DeclareDeadAsync(Describe("n2", 2, 7002).Identity, CancellationToken.None);

        await LookAsync();
        Time.Advance(TimeSpan.FromMilliseconds(200));
        Assert.Empty(_removed); // The look may have begun before the member was admitted.
        await LookAsync();
        Time.Advance(TimeSpan.FromMilliseconds(200));

        Assert.Equal([_n2], _removed);
        Assert.DoesNotContain(ArbiterCall.DeclareDead, Arbiter.Calls);
    }

    [Fact]
    public async Task A_member_without_a_row_is_looked_for_before_it_is_removed()
    {
        await StartAsync();
        var stranger = new UniqueAddress(Address.Parse("akka.tcp://opencode@10.0.0.9:7009"), 9);

        _others = [new(_n2, true, true), new(stranger, false, false)];
        Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal([stranger], _removed);
    }

    [Fact]
    public async Task A_node_that_a_peer_takes_for_dead_looks_at_its_own_row_and_lives_if_that_says_so()
    {
        await StartAsync();
        var wanted = 0;
        Standing.LookWanted.Add(_ => wanted++);

        _actor.Tell(new ThisActorSystemQuarantinedEvent(Address.Parse("akka.tcp://opencode@10.0.0.1:7001"), _address2));
        RunDry();

        Assert.Equal(1, wanted);
        Assert.Empty(Deaths);
    }

    [Fact]
    public async Task A_node_that_still_joins_declares_nobody_dead()
    {
        await JoinAsync(Arbiter, Describe("n1", 1, 7001));
        await JoinAsync(_second, Describe("n2", 2, 7002));
        Spawn(VerdictActor.PropsFor(this, Setup()));
        await RunDryAsync();

        Unreachable();
        Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Empty(_removed);
        Assert.Equal(NodeStatus.Up, RowOf("n2"));
    }

    [Fact]
    public async Task A_member_that_does_not_reach_the_database_is_removed_though_it_is_heard()
    {
        await StartAsync();

        await LookForAsync(TimeSpan.FromSeconds(3));
        Assert.Empty(_removed);
        await LookForAsync(TimeSpan.FromSeconds(1));

        Assert.Equal([_n2], _removed);
        Assert.Equal(NodeStatus.Dead, RowOf("n2"));
        Assert.Contains(Logs.Records, record => record.EventId == 7023);
    }

    [Fact]
    public async Task A_member_that_reaches_the_database_just_before_the_verdict_stays()
    {
        await StartAsync();
        await LookForAsync(TimeSpan.FromSeconds(3.2));
        Arbiter.Latency = TimeSpan.FromMilliseconds(400);

        var last = LookAsync();
        Time.Advance(TimeSpan.FromMilliseconds(250)); // The rows are read, the answer is on its way.
        await _second.LookAsync(0, CancellationToken.None);
        Time.Advance(TimeSpan.FromMilliseconds(150));
        await last;
        Assert.Single(Standing.Now.StaleRows);
        Time.Advance(TimeSpan.FromMilliseconds(900));

        Assert.Contains(ArbiterCall.DeclareDead, Arbiter.Calls);
        Assert.Empty(_removed);
        Assert.Equal(NodeStatus.Up, RowOf("n2"));
    }

    [Fact]
    public async Task A_row_that_has_no_member_and_does_not_move_is_set_dead_too()
    {
        await StartAsync();
        _others = [];

        await LookForAsync(TimeSpan.FromSeconds(4));

        Assert.Equal(NodeStatus.Dead, RowOf("n2"));
        Assert.Empty(_removed);
    }

    [Fact]
    public async Task A_new_life_of_a_member_is_not_removed_for_the_one_before()
    {
        await StartAsync();
        var next = new UniqueAddress(_address2, 22);
        Unreachable();
        Time.Advance(TimeSpan.FromMilliseconds(400));
        Arbiter.Freeze(); // The verdict takes long.
        Time.Advance(TimeSpan.FromMilliseconds(400));

        _others = [new(next, true, true)];
        Arbiter.Thaw();
        await RunUntilAsync(() => RowOf("n2") == NodeStatus.Dead);
        Time.Advance(TimeSpan.FromMilliseconds(50));

        Assert.Empty(_removed);
    }

    // As the look does, while n2 does not.
    private async Task LookForAsync(TimeSpan time)
    {
        var interval = TimeSpan.FromMilliseconds(400);
        _looks = null;
        for (var passed = TimeSpan.Zero; passed < time; passed += interval)
        {
            await LookAsync();
            Time.Advance(interval);
        }
    }

    private async Task StartAsync()
    {
        await BecomeReadyAsync();
        await JoinAsync(_second, Describe("n2", 2, 7002));
        await LookAsync();
        _actor = Spawn(VerdictActor.PropsFor(this, Setup()));
        await RunDryAsync();
        Time.Advance(TimeSpan.FromMilliseconds(10));

        // As the look does, all the time. What it saw is not seen anew.
        _looks = Standing.Now.Look! with { IsNoted = false };
        Time.CreateTimer(_ => AnswerAgain(), null, TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(300));
    }

    private void AnswerAgain()
    {
        if (_looks is not null)
            Standing.Answered(_looks, Time.GetTimestamp());
    }

    private VerdictSetup Setup() => new(Arbiter, Standing, this, static () => 0, Metrics, Time, Logs);

    private async Task LookAsync()
    {
        var look = await Arbiter.LookAsync(0, CancellationToken.None);
        Standing.Answered(look, Time.GetTimestamp());
        if (_looks is not null)
            _looks = look with { IsNoted = false };
    }

    private void Unreachable() => _others = [new(_n2, true, false)];

    private NodeStatus RowOf(string name) => Rows.Rows.Single(row => row.Description.Identity.Name == name).Status;
}
