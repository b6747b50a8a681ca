using System.Diagnostics;
using Akka.Actor;
using Akka.Cluster;
using Akka.Remote.Transport;
using OpenCode.Actors.Clustering.Downing;
using OpenCode.Actors.Clustering.Members;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Sessions.Commands;

namespace OpenCode.Actors.EndToEnd.Clustering.Nodes;

public sealed class TakeoverTests : NodesKit
{
    [Fact]
    public async Task When_a_node_is_killed_the_others_take_its_sessions_over_and_no_command_is_lost_or_done_twice()
    {
        var nodes = await StartAsync(3);
        var sessions = await CreateAsync(nodes[0], 24);
        var commands = new Commands([nodes[0], nodes[1]], sessions);
        commands.Start();
        await Eventually.TrueAsync(() => commands.Acknowledged > 100, "commands are taken");

        await nodes[2].KillAsync();
        await Task.WhenAll(sessions.Select((session, i) => RenameAsync(nodes[i % 2], session, $"after {i}")));
        await commands.StopAsync();

        Assert.Empty(commands.Refused);
        await commands.CheckAsync(nodes[0]);
        Assert.Null(nodes[0].Death);
        Assert.Null(nodes[1].Death);
    }

    [Fact]
    public async Task A_turn_of_a_killed_node_is_closed_by_another_one_without_being_asked_for()
    {
        var nodes = await StartAsync(2);
        var session = await SessionOnAsync(nodes[1], nodes[0]);
        Assert.True(Assert.IsType<PromptAccepted>(await nodes[0].PromptAsync(session, "slow: 2000")).IsOpen);
        await Eventually.TrueAsync(async () => await nodes[0].CountBusyAsync() == 1, "the turn runs");

        await nodes[1].KillAsync();

        await Eventually.TrueAsync(async () => await nodes[0].CountBusyAsync() == 0, "the turn is closed");
    }

    [Theory]
    [InlineData(ThrottleTransportAdapter.Direction.Both)]
    [InlineData(ThrottleTransportAdapter.Direction.Send)]
    public async Task A_node_that_is_cut_off_from_the_others_ends_and_the_others_go_on(ThrottleTransportAdapter.Direction direction)
    {
        var nodes = await StartAsync(3);
        var sessions = await CreateAsync(nodes[0], 12);
        var commands = new Commands([nodes[0], nodes[1]], sessions);
        commands.Start();
        await Eventually.TrueAsync(() => commands.Acknowledged > 50, "commands are taken");

        foreach (var other in nodes[..2])
        {
            await nodes[2].ThrottleAsync(other, isCut: true, direction);
            if (direction == ThrottleTransportAdapter.Direction.Both)
                await other.ThrottleAsync(nodes[2], isCut: true);
        }

        await Eventually.TrueAsync(() => nodes[2].Death is not null, "the node that is cut off has ended");
        await Eventually.TrueAsync(() => nodes[0].MembersUp == 2 && nodes[1].MembersUp == 2, "it is no member any more");
        await Task.WhenAll(sessions.Select((session, i) => RenameAsync(nodes[i % 2], session, $"after {i}")));
        await commands.StopAsync();

        await commands.CheckAsync(nodes[1]);
        Assert.Equal((null, null), (nodes[0].Death, nodes[1].Death));
    }

    [Fact]
    public async Task Of_two_nodes_that_do_not_hear_each_other_exactly_one_ends()
    {
        var nodes = await StartAsync(2);
        var sessions = await CreateAsync(nodes[0], 8);

        await nodes[0].ThrottleAsync(nodes[1], isCut: true);
        await nodes[1].ThrottleAsync(nodes[0], isCut: true);
        await Eventually.TrueAsync(() => nodes[0].Death is not null || nodes[1].Death is not null, "one of them has ended");

        var survivor = nodes.Single(node => node.Death is null);
        await Eventually.TrueAsync(() => survivor.MembersUp == 1, "the other one is no member any more");
        await Task.WhenAll(sessions.Select(session => RenameAsync(survivor, session, "after")));
        Assert.Single(Arbiters.Rows, row => row.Status == NodeStatus.Up);
    }

    [Fact]
    public async Task A_node_that_another_node_declared_dead_ends_and_its_sessions_run_elsewhere()
    {
        var nodes = await StartAsync(3);
        var sessions = await CreateAsync(nodes[0], 12);
        var victim = Arbiters.Rows.Single(row => row.Description.Identity.Name == "n3").Description.Identity;

        await nodes[1].Arbiter.DeclareDeadAsync(victim, CancellationToken.None);

        await Eventually.TrueAsync(() => nodes[2].Death is not null, "it has ended");
        await Task.WhenAll(sessions.Select((session, i) => RenameAsync(nodes[i % 2], session, $"after {i}")));
        await Eventually.TrueAsync(() => nodes[0].MembersUp == 2, "it is no member any more");
    }

    [Fact]
    public async Task A_node_that_was_frozen_past_its_verdict_writes_nothing_and_ends_when_it_thaws()
    {
        var nodes = await StartAsync(2);
        var session = await SessionOnAsync(nodes[1], nodes[0]);
        await RenameAsync(nodes[1], session, "before");

        // Its links and its way to the arbiter stand still; its store does not, so that what it would write arrives.
        nodes[1].Arbiter.Freeze();
        await nodes[0].ThrottleAsync(nodes[1], isCut: true);
        await nodes[1].ThrottleAsync(nodes[0], isCut: true);
        await Eventually.TrueAsync(() => Arbiters.Rows.Any(row => row is { Status: NodeStatus.Dead }), "the verdict");
        await RenameAsync(nodes[0], session, "by the new owner");
        var stale = nodes[1].Actors.Region.Ask<object>(
            new OpenCode.Actors.Sessions.Region.Deliver(session, new Named("stale", new Update(new OpenCode.Actors.Protocol.Requests.UpdateSession { Title = "stale" }))), TimeSpan.FromSeconds(3));

        Assert.IsNotType<Updated>(await ResultOfAsync(stale));
        nodes[1].Arbiter.Thaw();

        await Eventually.TrueAsync(() => nodes[1].Death is not null, "the thawed node has ended");
        Assert.DoesNotContain("stale", string.Concat((await nodes[0].LogAsync()).Select(entry => System.Text.Encoding.UTF8.GetString(entry.Properties.Span))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_is_cut_from_the_database_alone_is_taken_over_and_ends_when_it_is_back()
    {
        var nodes = await StartAsync(3);
        var sessions = await CreateAsync(nodes[0], 12);

        // n1 has the coordinator.
        nodes[0].SetAway(true);
        var began = Stopwatch.GetTimestamp();
        await Eventually.TrueAsync(() => nodes[1].MembersUp == 2 && nodes[2].MembersUp == 2, "it is no member any more");
        await Task.WhenAll(sessions.Select((session, i) => RenameAsync(nodes[1 + (i % 2)], session, $"after {i}")));

        Assert.True(Stopwatch.GetElapsedTime(began) > TimeSpan.FromSeconds(2.5));
        await Eventually.TrueAsync(() => new AkkaPeers(nodes[0].Cluster).AreSilent, "no node answers it"); // Its tools are ended then, after 5 s of silence of the database.
        Assert.Null(nodes[0].Death);
        nodes[0].SetAway(false);
        await Eventually.TrueAsync(() => nodes[0].Death is not null, "it has ended");
        Assert.Equal((null, null), (nodes[1].Death, nodes[2].Death));
    }

    private static async Task<object?> ResultOfAsync(Task<object> answer)
    {
        try
        {
            return await answer;
        }
        catch (Akka.Actor.AskTimeoutException)
        {
            return null;
        }
    }

    [Fact]
    public async Task A_node_that_Akka_has_removed_ends_though_its_row_says_up()
    {
        var nodes = await StartAsync(3);

        nodes[0].Cluster.Down(nodes[2].Cluster.SelfAddress); // As a verdict on an earlier life at its address would.

        await Eventually.TrueAsync(() => nodes[2].Death is not null, "it has ended");
        Assert.Contains("removed this node", nodes[2].Death, StringComparison.Ordinal);
        Assert.Equal((null, null), (nodes[0].Death, nodes[1].Death));
    }
}
