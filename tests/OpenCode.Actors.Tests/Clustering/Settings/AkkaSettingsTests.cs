using Akka.Configuration;
using OpenCode.Actors.Clustering.Settings;

namespace OpenCode.Actors.Tests.Clustering.Settings;

public sealed class AkkaSettingsTests
{
    private static readonly Config _config = AkkaSettings.Of(new ClusterNodeOptions
    {
        Name = "n", AdvertisedHost = "node1.internal", AdvertisedPort = 7001, BindAddress = "10.0.0.1", Port = 7000, Secret = "0123456789abcdef",
    });

    [Fact]
    public void The_node_listens_on_one_address_and_is_known_under_another()
    {
        var tcp = _config.GetConfig("akka.remote.dot-netty.tcp");

        Assert.Equal("10.0.0.1", tcp.GetString("hostname"));
        Assert.Equal(7000, tcp.GetInt("port"));
        Assert.Equal("node1.internal", tcp.GetString("public-hostname"));
        Assert.Equal(7001, tcp.GetInt("public-port"));
        Assert.True(tcp.GetBoolean("enable-ssl"));
    }

    [Fact]
    public void Sharding_never_stops_a_session_by_itself_and_keeps_nothing_on_a_disk()
    {
        var sharding = _config.GetConfig("akka.cluster.sharding");

        Assert.Equal("off", sharding.GetString("passivate-idle-entity-after"));
        Assert.Equal("ddata", sharding.GetString("state-store-mode"));
        Assert.False(sharding.GetBoolean("remember-entities"));
        Assert.Empty(sharding.GetStringList("distributed-data.durable.keys"));
    }

    [Fact]
    public void The_phases_of_a_stop_are_6_s_at_most()
    {
        string[] used = ["service-requests-done", "cluster-sharding-shutdown-region", "cluster-leave", "cluster-exiting", "cluster-exiting-done", "cluster-shutdown", "actor-system-terminate"];
        var shutdown = _config.GetConfig("akka.coordinated-shutdown");

        var sum = used.Sum(phase => shutdown.GetTimeSpan($"phases.{phase}.timeout").TotalMilliseconds);

        Assert.InRange(sum, 1, 6_000);
    }
}
