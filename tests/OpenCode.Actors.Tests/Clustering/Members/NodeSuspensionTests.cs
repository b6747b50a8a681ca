using OpenCode.Actors.Clustering.Members;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Clustering.Members;

public sealed class NodeSuspensionTests
{
    private readonly VirtualTime _time = new();
    private readonly NodeStanding _standing;
    private readonly NodeSuspension _suspension;

    public NodeSuspensionTests()
    {
        _standing = new NodeStanding(_time);
        _suspension = new NodeSuspension(_standing);
        _standing.Join();
    }

    [Fact]
    public void A_node_refuses_from_the_moment_the_database_is_silent_until_it_answers()
    {
        var begins = _suspension.Begins;
        Assert.Null(_suspension.Refusal);

        _standing.Suspend(_time.GetTimestamp());
        Assert.Contains("database", _suspension.Refusal?.Reason, StringComparison.Ordinal);
        Assert.True(begins.IsCancellationRequested);
        Assert.True(_suspension.Begins.IsCancellationRequested);

        _standing.Answered(new NodeLook(NodeStatus.Up, [], 0), _time.GetTimestamp());
        Assert.Null(_suspension.Refusal);
        Assert.False(_suspension.Begins.IsCancellationRequested);
    }

    [Fact]
    public void A_node_that_has_left_still_answers_what_it_reads()
    {
        var begins = _suspension.Begins;

        _standing.Leave();

        Assert.Null(_suspension.Refusal);
        Assert.False(begins.IsCancellationRequested);
    }

    [Fact]
    public void A_node_that_was_declared_dead_refuses()
    {
        var begins = _suspension.Begins;

        _standing.Die("Another node said so.");

        Assert.Contains("Another node said so.", _suspension.Refusal?.Reason, StringComparison.Ordinal);
        Assert.True(begins.IsCancellationRequested);
    }
}
