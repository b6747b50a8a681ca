using Akka.Actor;
using OpenCode.Actors.Clustering.Status;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.Streams.Clients;

namespace OpenCode.Actors.EndToEnd.Clustering.Nodes;

public sealed class BarrierTests : NodesKit
{
    [Fact]
    public async Task An_endpoint_waits_for_the_streams_of_all_nodes()
    {
        var nodes = await StartAsync(3);
        var hub = nodes[2].System.ActorSelection("/user/clients");
        hub.Tell(new TestHub.Hold(true));

        var wait = nodes[0].Actors.Barrier.Ask<StreamHubActor.Flushed>(new StreamHubActor.WaitFlushed("/proj", 7), TestNode.Patience);
        await Eventually.TrueAsync(async () => await hub.Ask<int>(new TestHub.CountWaits()) == 1, "the last node is asked");
        Assert.False(wait.IsCompleted);
        hub.Tell(new TestHub.Hold(false));

        Assert.Equal(new StreamHubActor.Flushed("/proj", 7), await wait);
    }

    [Fact]
    public async Task A_location_is_disposed_of_on_all_nodes_and_the_status_shows_them_all()
    {
        var nodes = await StartAsync(2);
        await CreateAsync(nodes[0], 10);

        nodes[0].Actors.Barrier.Tell(new StreamHubActor.DisposeLocation("/proj", 7));
        await Eventually.TrueAsync(
            async () => (await nodes[1].System.ActorSelection("/user/clients").Ask<StreamHubActor.DisposeLocation[]>(new TestHub.GetDisposed())).Contains(new StreamHubActor.DisposeLocation("/proj", 7)),
            "the other node has disposed of it");

        // The two views of one answer are taken one after the other: a shard may get its home between them.
        var status = await nodes[1].Actors.Status.Ask<ClusterView>(new ClusterViewActor.GetView());
        await Eventually.TrueAsync(
            async () =>
            {
                status = await nodes[1].Actors.Status.Ask<ClusterView>(new ClusterViewActor.GetView());
                return status.Members.All(member => member.Shards > 0) && status.Members.Sum(member => member.Shards) == status.Rows?.Shards.Count(shard => shard.Owner is not null);
            },
            "the status shows the shards of both nodes, as many as have an owner");
        Assert.Equal("n2", status.Me.Name);
        Assert.Equal(["n1", "n2"], status.Rows!.Nodes.Select(row => row.Description.Identity.Name));
        Assert.Equal(2, status.Members.Count);
        Assert.All(status.Members, member => Assert.True(member is { Status: "Up", IsReachable: true }));
    }
}
