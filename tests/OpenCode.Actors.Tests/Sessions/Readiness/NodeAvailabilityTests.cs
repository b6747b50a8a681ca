using OpenCode.Actors.Sessions.Readiness;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Sessions.Readiness;

public sealed class NodeAvailabilityTests
{
    private readonly VirtualTime _time = new();
    private readonly NodeAvailability _node;

    public NodeAvailabilityTests()
    {
        _node = new NodeAvailability(_time, joins: true);
        _node.Join();
    }

    [Fact]
    public void A_node_has_no_journal_from_the_moment_the_database_is_silent_until_it_answers()
    {
        var before = _node.Now;
        Assert.True(before.HasJournal);

        _node.Suspend(_time.GetTimestamp());
        Assert.False(_node.Now.HasJournal);
        Assert.Contains("database", _node.Now.Reason, StringComparison.Ordinal);
        Assert.True(before.JournalLost.IsCancellationRequested);
        Assert.True(_node.Now.JournalLost.IsCancellationRequested);

        _node.Answered(_time.GetTimestamp());
        Assert.Equal((true, ""), (_node.Now.HasJournal, _node.Now.Reason));
        Assert.False(_node.Now.JournalLost.IsCancellationRequested);
    }

    [Fact]
    public void A_node_that_has_left_still_answers_what_it_reads()
    {
        var before = _node.Now;

        _node.Leave("It stops.");

        Assert.Equal((NodeState.Left, true, false), (_node.Now.State, _node.Now.HasJournal, _node.Now.TakesCommands));
        Assert.False(before.JournalLost.IsCancellationRequested);
        Assert.True(_node.Over.IsCancellationRequested);
    }

    [Fact]
    public void A_node_that_was_declared_dead_has_no_journal()
    {
        var before = _node.Now;

        Assert.True(_node.Die("Another node said so."));

        Assert.Equal((false, "Another node said so."), (_node.Now.HasJournal, _node.Now.Reason));
        Assert.True(before.JournalLost.IsCancellationRequested);
        Assert.True(_node.Over.IsCancellationRequested);
        Assert.False(_node.Die("again"));
    }

    [Fact]
    public void A_node_that_drains_takes_commands_and_is_not_ready_whatever_comes()
    {
        _node.Drain();

        Assert.Equal((true, "The server stops."), (_node.Now.TakesCommands, _node.Now.WhyNotReady));
        Assert.True(_node.Draining.IsCancellationRequested);
        _node.Suspend(_time.GetTimestamp());
        Assert.True(_node.Now.IsDraining);
        _node.Answered(_time.GetTimestamp());
        Assert.Equal((true, "The server stops."), (_node.Now.TakesCommands, _node.Now.WhyNotReady));
    }

    [Fact]
    public void A_node_that_is_alone_is_ready_at_once_and_looks_at_no_row()
    {
        var alone = new NodeAvailability(_time);

        _time.Advance(TimeSpan.FromDays(1));

        Assert.Equal((true, null), (alone.Now.TakesCommands, alone.Now.WhyNotReady));
        Assert.False(alone.Now.JournalLost.CanBeCanceled);
    }
}
