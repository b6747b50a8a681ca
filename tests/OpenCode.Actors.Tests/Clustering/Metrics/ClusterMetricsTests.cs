using OpenCode.Actors.Clustering.Metrics;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Tests.Clustering.Status;
using OpenCode.Actors.Tests.Server.Telemetry;
using OpenCode.Actors.Tests.Sessions;

namespace OpenCode.Actors.Tests.Clustering.Metrics;

public sealed class ClusterMetricsTests
{
    private static readonly NodeRow _me = SomeRows.Node("n1", 11);

    [Fact]
    public async Task The_names_are_those_of_the_documentation()
    {
        using var meters = new CountingMeters();
        using var scrape = new Scrape(meters);
        using var metrics = new ClusterMetrics(meters) { ShardsHere = static () => 21, IsSuspended = static () => true, TailLag = static () => 9 };
        metrics.NodeRemoved();
        metrics.ShardClaimed(3);
        metrics.CommandResent();
        metrics.CommandResent();
        metrics.CommandForwarded();
        metrics.SawMembers(3);
        metrics.SawRows(_me.Description.Identity, SomeRows.Of([_me], (1, _me), (2, SomeRows.Node("lost", 99))));

        Assert.Equal(
            [
                "opencode_cluster_commands_forwarded_total{} 1",
                "opencode_cluster_commands_resent_total{} 2",
                "opencode_cluster_members{} 3",
                "opencode_cluster_shards_claimed_total{} 1",
                "opencode_cluster_shards{} 21",
                "opencode_cluster_suspended{} 1",
                "opencode_cluster_tail_lag_events{} 9",
                "opencode_cluster_takeovers_total{} 1",
                "opencode_cluster_unowned_shards{} 1",
            ],
            (await scrape.LinesAsync()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_shard_that_another_node_had_before_is_taken_over()
    {
        using var meters = new CountingMeters();
        using var metrics = new ClusterMetrics(meters);
        metrics.SawRows(_me.Description.Identity, SomeRows.Of([_me], (1, _me), (2, SomeRows.Node("n2", 22)), (3, SomeRows.Node("n1", 10))));

        metrics.ShardClaimed(0);
        metrics.ShardClaimed(1);
        metrics.ShardClaimed(2);
        metrics.ShardClaimed(3); // The life before of this node.

        Assert.Equal(4, meters.Count("opencode.cluster.shards.claimed"));
        Assert.Equal(2, meters.Count("opencode.cluster.shards.taken_over"));
    }
}
