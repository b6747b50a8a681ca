using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Tests.Journal.Memory;

namespace OpenCode.Actors.EndToEnd.Clustering.Nodes;

/// <summary>A node is lost while the fate of its append is unknown: either way the command is carried out once (rule "Numbered batches", rule "Named commands").</summary>
public sealed class UnknownCommitTests : NodesKit
{
    [Theory]
    [InlineData(nameof(StoreFault.AnswerLost))] // Written.
    [InlineData(nameof(StoreFault.QuestionLost))] // Not written.
    [InlineData(nameof(StoreFault.ArrivesLate))] // It reaches the store when another node has the shard.
    public async Task A_command_whose_commit_is_unknown_when_its_node_is_lost_is_carried_out_once(string fate)
    {
        var nodes = await StartAsync(2);
        var session = await SessionOnAsync(nodes[1], nodes[0]);
        var store = nodes[1].Store;
        store.Lateness = TimeSpan.FromSeconds(1.5);
        var appended = false;
        store.Fault = call =>
        {
            if (call != StoreCall.Append || appended)
                return appended ? StoreFault.QuestionLost : StoreFault.None;

            appended = true;
            return Enum.Parse<StoreFault>(fate);
        };

        var answer = nodes[0].UpdateAsync(session, "once");
        await Eventually.TrueAsync(() => Volatile.Read(ref appended), "it is under way");
        await KillAsync(nodes[1], by: nodes[0]);

        Assert.Equal("once", Assert.IsType<Updated>(await answer).Info.Title);
        if (fate == nameof(StoreFault.ArrivesLate))
            await Eventually.TrueAsync(() => store.HasArrivedLate, "the append reaches the store");
        Assert.Single(await nodes[0].LogAsync(), entry => entry.Type == "session.updated");
        await RenameAsync(nodes[0], session, "after");
    }

    [Theory]
    [InlineData(nameof(StoreFault.AnswerLost))]
    [InlineData(nameof(StoreFault.QuestionLost))]
    public async Task A_node_that_lives_finds_out_and_carries_the_command_out_once(string fate)
    {
        var nodes = await StartAsync(2);
        var session = await SessionOnAsync(nodes[1], nodes[0]);
        var faults = 2;
        nodes[1].Store.Fault = call => call is StoreCall.Append or StoreCall.Look && Interlocked.Decrement(ref faults) >= 0 ? Enum.Parse<StoreFault>(fate) : StoreFault.None;

        await RenameAsync(nodes[0], session, "once");

        Assert.Single(await nodes[0].LogAsync(), entry => entry.Type == "session.updated");
        Assert.True(faults < 0);
    }
}
