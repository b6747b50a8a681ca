using OpenCode.Actors.Server.Cluster;
using OpenCode.Actors.Sessions.Sharding;

namespace OpenCode.Actors.Tests.Server.Cluster;

public sealed class NodeGateTests
{
    [Fact]
    public void F1_commands_are_taken_again_when_every_reason_against_it_is_gone()
    {
        var commands = new CommandGate();
        var gate = new NodeGate(commands);
        gate.BeMember(true);
        Assert.Null(gate.Reason);

        gate.NoteJournal(isStuck: true);
        gate.Suspend();
        gate.NoteJournal(isStuck: false);
        Assert.NotNull(gate.Reason);
        Assert.True(commands.Closed.IsCompletedSuccessfully);

        gate.Resume();
        Assert.Null(gate.Reason);
        Assert.False(commands.Closed.IsCompleted);

        gate.BeMember(false);
        Assert.Contains("no member", gate.Reason, StringComparison.Ordinal);
    }
}
