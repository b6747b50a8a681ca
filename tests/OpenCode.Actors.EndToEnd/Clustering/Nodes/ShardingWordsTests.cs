using Akka.Actor;
using Akka.Cluster.Sharding.Serialization;
using OpenCode.Actors.Clustering.Shards;

namespace OpenCode.Actors.EndToEnd.Clustering.Nodes;

/// <summary>What is said to Akka's sharding without a type of it: these fail where another version of Akka has other words or paths.</summary>
public sealed class ShardingWordsTests : NodesKit
{
    [Fact]
    public async Task A_region_that_has_forgotten_a_home_finds_it_again()
    {
        var nodes = await StartAsync(2);
        var (here, there) = (await SessionOnAsync(nodes[0], nodes[0]), await SessionOnAsync(nodes[1], nodes[0]));
        var words = new ShardingWords(nodes[0].System);
        foreach (var session in new[] { here, there })
        {
            var forget = words.ForgetHome(ShardOf.Session(session));
            Assert.Equal("BeginHandOffAck", (await nodes[0].Actors.Region.Ask<object>(forget, TestNode.Patience)).GetType().Name);

            await RenameAsync(nodes[0], session, $"Title of {session}");
        }
    }

    [Fact]
    public async Task The_coordinator_is_where_moves_are_ended_and_knows_the_word_for_it()
    {
        var node = await StartAsync("n1");
        var session = await node.CreateAsync("any");
        var coordinator = await node.System.ActorSelection(ShardingWords.Coordinator).ResolveOne(TestNode.Patience);
        var words = new ShardingWords(node.System);

        words.EndMove(ShardOf.NameOf(ShardOf.Session(session))); // there is none: nothing happens

        await RenameAsync(node, session, "new");
        Assert.StartsWith("/system/sharding/", coordinator.Path.ToStringWithoutAddress(), StringComparison.Ordinal);
        Assert.Equal("ShardStopped(7)", words.Stopped("7").ToString());
        Assert.Equal("BK", new ClusterShardingMessageSerializer((ExtendedActorSystem)node.System).Manifest(words.Stopped("7")));
    }
}
