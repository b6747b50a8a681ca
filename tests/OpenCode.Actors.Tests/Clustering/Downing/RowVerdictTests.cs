using Akka.Actor;
using Akka.Cluster;
using OpenCode.Actors.Clustering.Members;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Tests.Journal.Memory;

namespace OpenCode.Actors.Tests.Clustering.Downing;

/// <summary>Verdicts from the rows of the database about members that answer, and about nodes that are no members.</summary>
public sealed class RowVerdictTests : VerdictKit
{
    [Fact]
    public async Task A_member_that_others_have_declared_dead_is_removed_though_it_is_heard()
    {
        await StartAsync();
        var third = new MemoryArbiter(Rows, Time);
        await JoinAsync(third, Describe("n3", 3, 7003));
        await third.DeclareDeadAsync(Describe("n2", 2, 7002).Identity, CancellationToken.None);

        await LookAsync();
        Time.Advance(TimeSpan.FromMilliseconds(200));
        Assert.Empty(Removed); // The look may have begun before the member was admitted.
        await LookAsync();
        Time.Advance(TimeSpan.FromMilliseconds(200));

        Assert.Equal([N2], Removed);
        Assert.DoesNotContain(ArbiterCall.DeclareDead, Arbiter.Calls);
    }

    [Fact]
    public async Task A_member_without_a_row_is_looked_for_before_it_is_removed()
    {
        await StartAsync();
        var stranger = new UniqueAddress(Address.Parse("akka.tcp://opencode@10.0.0.9:7009"), 9);

        Others = [new(N2, true, true), new(stranger, false, false)];
        Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal([stranger], Removed);
    }

    [Fact]
    public async Task A_member_that_does_not_reach_the_database_is_removed_though_it_is_heard()
    {
        await StartAsync();

        await LookForAsync(TimeSpan.FromSeconds(3));
        Assert.Empty(Removed);
        await LookForAsync(TimeSpan.FromSeconds(1));

        Assert.Equal([N2], Removed);
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
        await Second.LookAsync(0, CancellationToken.None);
        Time.Advance(TimeSpan.FromMilliseconds(150));
        await last;
        Assert.Single(Standing.Now.StaleRows);
        Time.Advance(TimeSpan.FromMilliseconds(900));

        Assert.Contains(ArbiterCall.DeclareDead, Arbiter.Calls);
        Assert.Empty(Removed);
        Assert.Equal(NodeStatus.Up, RowOf("n2"));
    }

    [Fact]
    public async Task A_row_that_has_no_member_and_does_not_move_is_set_dead_too()
    {
        await StartAsync();
        Others = [];

        await LookForAsync(TimeSpan.FromSeconds(4));

        Assert.Equal(NodeStatus.Dead, RowOf("n2"));
        Assert.Empty(Removed);
    }

    [Fact]
    public async Task A_new_life_of_a_member_is_not_removed_for_the_one_before()
    {
        await StartAsync();
        var next = new UniqueAddress(Address2, 22);
        Unreachable();
        Time.Advance(TimeSpan.FromMilliseconds(400));
        Arbiter.Freeze(); // The verdict takes long.
        Time.Advance(TimeSpan.FromMilliseconds(400));

        Others = [new(next, true, true)];
        Arbiter.Thaw();
        Assert.Equal(NodeStatus.Dead, RowOf("n2"));
        Time.Advance(TimeSpan.FromMilliseconds(50));

        Assert.Empty(Removed);
    }
}
