using Akka.Actor;
using OpenCode.Actors.Clustering.Entry;
using OpenCode.Actors.Clustering.Metrics;
using OpenCode.Actors.Clustering.Shards;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Tests.Journal.Memory;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Ids.Doors;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Sessions.Region;
using OpenCode.Actors.Tests.Specifications;

namespace OpenCode.Actors.EndToEnd.Clustering.Nodes;

/// <summary>Faults in the middle of a hand-off. An append that is held keeps a session, and with it its shard, from leaving.</summary>
public sealed class HandOffFaultTests : NodesKit
{
    private const int HandedOff = 6010;

    [Fact]
    public async Task A_command_that_reaches_a_shard_in_hand_off_is_lost_and_its_entry_sends_it_again()
    {
        var nodes = await StartAsync(2);
        var session = await SessionOnAsync(nodes[1], nodes[0]);
        nodes[1].Store.Freeze(StoreCall.Append);
        var underWay = nodes[0].UpdateAsync(session, "under way");
        await Eventually.TrueAsync(() => nodes[1].Store.IsHolding, "the append is held");
        var stopping = nodes[1].StopAsync();
        await Eventually.TrueAsync(() => IsHandedOff(nodes[1], session), "the session begins to leave");

        using var meters = new RecordingMeters();
        var relay = nodes[0].System.ActorOf(Props.Create(() => new Astray(ShardOn(nodes[1], session), nodes[0].Actors.Region)));
        var entry = nodes[0].System.ActorOf(EntryActor.PropsFor(
            new EntrySetup(relay, nodes[0].Standing.Availability, new ClusterMetrics(meters), TimeProvider.System, SystemEntropy.Instance, MaxHeldCommands: 10, MaxHeldBytes: 1 << 20)
            {
                HoldFor = TestNode.Patience,
            }));
        var astray = TestNode.AskAsync(entry, session, TestNode.UpdateOf("astray"));
        await Eventually.TrueAsync(async () => await relay.Ask<int>(new Astray.Count()) > 1, "it was asked for again");
        nodes[1].Store.Thaw();

        Assert.IsType<Updated>(await underWay);
        Assert.Equal("astray", Assert.IsType<Updated>(await astray).Info.Title);
        Assert.True(meters.Totals["opencode.cluster.commands.resent"] >= 1);
        Assert.Equal(2, (await nodes[0].LogAsync()).Count(entry => entry.Type == "session.updated" && entry.SessionId == session.Value));
        await stopping;
    }

    [Fact]
    public async Task The_coordinator_is_lost_in_the_middle_of_a_hand_off_and_no_command_is()
    {
        var nodes = await StartAsync(3);
        var sessions = await CreateAsync(nodes[0], 24);
        var held = await SessionOnAsync(nodes[2], nodes[1]);
        nodes[2].Store.Freeze(StoreCall.Append);
        var underWay = nodes[1].UpdateAsync(held, "under way");
        await Eventually.TrueAsync(() => nodes[2].Store.IsHolding, "the append is held");
        var stopping = nodes[2].StopAsync();
        await Eventually.TrueAsync(() => IsHandedOff(nodes[2], held), "the session begins to leave");

        await KillAsync(nodes[0], by: nodes[1]);
        nodes[2].Store.Thaw();
        await Task.WhenAll(sessions.Append(held).Select(session => RenameAsync(nodes[1], session, "after")));
        await underWay;
        await stopping;

        Assert.Null(nodes[1].Death);
        var log = await nodes[1].LogAsync();
        Assert.Equal(sessions.Length + 2, log.Count(entry => entry.Type == "session.updated")); // Each once, the one under way too.
        await Eventually.TrueAsync(() => nodes[1].MembersUp == 1, "the others are no members any more");
    }

    private static bool IsHandedOff(TestNode node, SessionId session) =>
        node.Logs.Records.Any(record => record.EventId == HandedOff && record.Message.Contains(session.Value, StringComparison.Ordinal));

    private static ActorSelection ShardOn(TestNode node, SessionId session) =>
        node.System.ActorSelection($"/system/sharding/session/{ShardOf.NameOf(ShardOf.Session(session))}");

    /// <summary>What a region does whose message was on its way when the hand-off began: the first copy goes to the shard as it leaves, the rest by the region.</summary>
    private sealed class Astray : ReceiveActor
    {
        private int _count;

        public Astray(ActorSelection shard, IActorRef region)
        {
            Receive<Deliver>(message =>
            {
                if (_count++ == 0)
                    shard.Tell(message, Sender);
                else
                    region.Forward(message);
            });
            Receive<Count>(_ => Sender.Tell(_count));
        }

        public sealed record Count;
    }
}
