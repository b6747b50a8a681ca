using OpenCode.Actors.Clustering;
using OpenCode.Actors.Server.Cluster;
using OpenCode.Actors.Sessions.Sharding;
using OpenCode.Actors.TestKit;

namespace OpenCode.Actors.Tests.Server.Cluster;

public sealed class NodeGateTests
{
    private readonly VirtualTime _time = new();
    private readonly CommandGate _commands;
    private readonly NodeGate _gate;

    public NodeGateTests()
    {
        _commands = new CommandGate(_time);
        _gate = new NodeGate(_commands);
    }

    [Fact]
    public void F1_commands_are_taken_again_when_every_reason_against_it_is_gone()
    {
        _gate.Stand(Standing.Serving);
        Assert.Null(_gate.Reason);

        _gate.NoteJournal(isStuck: true);
        _gate.Suspend();
        _gate.NoteJournal(isStuck: false);
        Assert.NotNull(_gate.Reason);
        Assert.True(_commands.Closed.IsCompletedSuccessfully);

        _gate.Resume();
        Assert.Null(_gate.Reason);
        Assert.False(_commands.Closed.IsCompleted);

        _gate.Stand(Standing.Dead);
        Assert.Contains("no member", _gate.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_a_node_joins_its_commands_wait_and_it_is_not_ready()
    {
        var command = _gate.AdmitAsync(CancellationToken.None).AsTask();
        Assert.False(command.IsCompleted);
        Assert.NotNull(_gate.Reason);
        Assert.Null(_gate.Refusal);

        _gate.Stand(Standing.Serving);

        Assert.Null(await command);
    }

    [Fact]
    public async Task A_command_waits_for_eight_seconds_at_most()
    {
        var command = _gate.AdmitAsync(CancellationToken.None).AsTask();
        _time.Advance(TimeSpan.FromSeconds(7.9));
        Assert.False(command.IsCompleted);

        _time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Contains("no member", await command, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_waits_is_refused_as_soon_as_the_database_does_not_answer_and_waits_again_when_it_does()
    {
        var command = _gate.AdmitAsync(CancellationToken.None).AsTask();
        _gate.NoteJournal(isStuck: true);
        Assert.Contains("database", await command, StringComparison.Ordinal);

        _gate.NoteJournal(isStuck: false);
        Assert.False(_gate.AdmitAsync(CancellationToken.None).AsTask().IsCompleted);
    }

    [Fact]
    public async Task A_client_that_leaves_waits_no_longer()
    {
        using var left = new CancellationTokenSource();
        var command = _gate.AdmitAsync(left.Token).AsTask();

        await left.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => command);
    }
}
