using System.Diagnostics;
using Akka.Actor;
using OpenCode.Actors.Clustering.Shards;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Region;

namespace OpenCode.Actors.EndToEnd.Clustering.Nodes;

public sealed class HandOffTests : NodesKit
{
    [Fact]
    public async Task A_node_that_joins_gets_shards_while_commands_go_on_and_no_running_turn_moves()
    {
        var nodes = await StartAsync(2);
        var sessions = await CreateAsync(nodes[0], 40);
        var busy = await SessionOnAsync(nodes[1], nodes[0]);
        Assert.True(Assert.IsType<PromptAccepted>(await nodes[0].PromptAsync(busy, "slow: 2000")).IsOpen);
        await Eventually.TrueAsync(async () => await nodes[0].CountBusyAsync() == 1, "the turn runs");
        var commands = new Commands(nodes, sessions);
        commands.Start();

        var third = await StartAsync("n3");
        await Eventually.TrueAsync(() => third.Shards.Count >= 6, "the new node has shards");
        await commands.StopAsync();

        Assert.Empty(commands.Refused);
        await commands.CheckAsync(nodes[0]);
        Assert.Contains(ShardOf.Session(busy), nodes[1].Shards);
        Assert.DoesNotContain(ShardOf.Session(busy), third.Shards);
        Assert.Equal(1, await nodes[0].CountBusyAsync());
    }

    [Fact]
    public async Task A_node_that_drains_hands_its_sessions_over_and_no_command_fails()
    {
        var nodes = await StartAsync(3);
        var sessions = await CreateAsync(nodes[0], 24);
        var commands = new Commands(nodes[..2], sessions);
        commands.Start();
        await Eventually.TrueAsync(() => commands.Acknowledged > 100, "commands are taken");

        await nodes[2].StopAsync();
        await Task.WhenAll(sessions.Select((session, i) => RenameAsync(nodes[i % 2], session, $"after {i}")));
        await commands.StopAsync();

        Assert.Empty(commands.Refused);
        await commands.CheckAsync(nodes[0]);
        Assert.Null(nodes[2].Death);
        await Eventually.TrueAsync(() => Arbiters.Rows.Single(row => row.Description.Identity.Name == "n3").Status == NodeStatus.Dead, "its row says so");
        await Eventually.TrueAsync(() => nodes[0].MembersUp == 2, "it is no member any more");
    }

    [Fact]
    public async Task A_turn_gets_its_window_while_its_node_drains_and_is_then_closed()
    {
        var nodes = await StartAsync(2);
        var session = await SessionOnAsync(nodes[1], nodes[0]);
        Assert.True(Assert.IsType<PromptAccepted>(await nodes[0].PromptAsync(session, "slow: 2000")).IsOpen);
        await Eventually.TrueAsync(async () => await nodes[0].CountBusyAsync() == 1, "the turn runs");

        var began = Stopwatch.GetTimestamp();
        var stopping = nodes[1].StopAsync();
        await Eventually.TrueAsync(async () => await nodes[0].CountBusyAsync() == 0, "the turn is closed");
        Assert.True(Stopwatch.GetElapsedTime(began) > TimeSpan.FromSeconds(0.9));
        await stopping;

        await RenameAsync(nodes[0], session, "after");
    }

    [Fact]
    public async Task A_prompt_to_a_node_that_drains_is_taken_and_answered_by_another_one()
    {
        var nodes = await StartAsync(2);
        var (running, idle) = (await SessionOnAsync(nodes[1], nodes[0]), await SessionOnAsync(nodes[1], nodes[0]));
        await nodes[0].PromptAsync(running, "slow: 2000"); // Holds the drain up for its window.
        await Eventually.TrueAsync(async () => await nodes[0].CountBusyAsync() == 1, "the turn runs");
        var stopping = nodes[1].StopAsync();
        await Eventually.TrueAsync(() => nodes[1].IsDraining, "the node drains");

        Assert.True(Assert.IsType<PromptAccepted>(await nodes[0].PromptAsync(idle, "hello")).IsOpen);
        await stopping;

        await Eventually.TrueAsync(async () => await nodes[0].CountBusyAsync() == 0, "the turn has ended");
        var told = (await nodes[0].LogAsync()).Where(entry => entry.SessionId == idle.Value).ToList();
        Assert.DoesNotContain(told, entry => entry.Type == "session.error");
        Assert.Single(told, entry => entry.Type == "session.idle");
    }

    [Fact]
    public async Task All_nodes_stopped_at_once_end_and_started_again_form_one_cluster()
    {
        var nodes = await StartAsync(3);
        var sessions = await CreateAsync(nodes[0], 6);

        await Task.WhenAll(nodes.Select(node => node.StopAsync()));

        var again = await Task.WhenAll(StartAsync("n1"), StartAsync("n2"));
        await Eventually.TrueAsync(() => Array.TrueForAll(again, node => node.MembersUp == 2), "they form one cluster");
        await Task.WhenAll(sessions.Select((session, i) => RenameAsync(again[i % 2], session, "after")));
    }

    [Fact]
    public async Task A_command_that_is_sent_twice_is_done_once_wherever_its_copies_arrive()
    {
        var nodes = await StartAsync(2);
        var session = (await CreateAsync(nodes[0], 1))[0];
        var command = new Deliver(session, new Named("once", new Update(new UpdateSession { Title = "once" })));

        var answers = await Task.WhenAll(nodes.Concat(nodes).Select(node => node.Actors.Region.Ask<object>(command, TestNode.Patience)));

        Assert.All(answers, answer => Assert.Equal("once", Assert.IsType<Updated>(answer).Info.Title));
        Assert.Single(answers.Cast<Updated>().Select(answer => answer.Offset).Distinct());
        Assert.Single(await nodes[1].LogAsync(), entry => entry.Type == "session.updated");
    }
}
