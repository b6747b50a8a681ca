using OpenCode.Actors.Clustering.Members;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Sessions.Readiness;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Clustering.Members;

public sealed class NodeStandingTests
{
    private static readonly NodeLook _up = new(NodeStatus.Up, [], 0);

    private readonly VirtualTime _time = new();
    private readonly List<string> _deaths = [];
    private readonly List<NodeState> _changes = [];
    private readonly NodeStanding _standing;

    public NodeStandingTests()
    {
        _standing = new NodeStanding(_time, _deaths.Add);
        _standing.Availability.Changed.Add(_changes.Add);
    }

    [Fact]
    public void A_node_takes_no_commands_before_it_has_joined()
    {
        Assert.Equal(NodeState.Joining, _standing.Now.State);
        Assert.False(_standing.Availability.Now.TakesCommands);

        _standing.Join();

        Assert.True(_standing.Availability.Now.TakesCommands);
    }

    [Fact]
    public void A_silent_arbiter_suspends_the_node_and_its_answer_lets_it_go_on()
    {
        _standing.Join();

        _standing.Suspend(_time.GetTimestamp());
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal((NodeState.Suspended, TimeSpan.FromSeconds(3)), (_standing.Now.State, _standing.Availability.Now.SuspendedFor));

        _standing.Answered(_up, _time.GetTimestamp());
        Assert.Equal((NodeState.Ready, null), (_standing.Now.State, _standing.Availability.Now.SuspendedFor));
        Assert.Equal([NodeState.Ready, NodeState.Suspended, NodeState.Ready], _changes);
    }

    [Fact]
    public void A_node_that_was_frozen_takes_no_commands_until_it_has_looked_again()
    {
        _standing.Join();
        _standing.Answered(_up, _time.GetTimestamp());

        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.False(_standing.Availability.Now.TakesCommands);

        _standing.Answered(_up, _time.GetTimestamp());
        Assert.True(_standing.Availability.Now.TakesCommands);
    }

    [Fact]
    public void A_dead_row_ends_the_node_once_and_for_ever()
    {
        _standing.Join();

        _standing.Answered(new NodeLook(NodeStatus.Dead, [], 0), _time.GetTimestamp());
        _standing.Die("again");
        _standing.Answered(_up, _time.GetTimestamp());
        _standing.Leave();

        Assert.Equal(NodeState.Dead, _standing.Now.State);
        Assert.Contains("dead", Assert.Single(_deaths), StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_that_Akka_has_removed_ends_with_the_next_answer_though_its_row_says_up()
    {
        var wanted = 0;
        _standing.LookWanted.Add(_ => wanted++);
        _standing.Join();
        _standing.Suspend(_time.GetTimestamp());

        _standing.Remove("Akka has removed it.");
        Assert.Equal((1, NodeState.Suspended), (wanted, _standing.Now.State));
        _standing.Answered(_up, _time.GetTimestamp());

        Assert.Equal(["Akka has removed it."], _deaths);
    }

    [Fact]
    public void Leaving_is_no_verdict()
    {
        _standing.Join();

        _standing.Leave();
        _standing.Answered(new NodeLook(NodeStatus.Dead, [], 0), _time.GetTimestamp());

        Assert.Equal(NodeState.Left, _standing.Now.State);
        Assert.Empty(_deaths);
    }

    [Fact]
    public void Who_does_not_listen_any_more_is_told_nothing()
    {
        var told = 0;
        var handle = _standing.Availability.Changed.Add(_ => told++);
        _standing.Join();
        handle.Dispose();

        _standing.Suspend(_time.GetTimestamp());

        Assert.Equal(1, told);
    }
}
