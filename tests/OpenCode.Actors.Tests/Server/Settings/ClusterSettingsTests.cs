using OpenCode.Actors.Server.Config;
using OpenCode.Actors.Server.Settings;

namespace OpenCode.Actors.Tests.Server.Settings;

public sealed class ClusterSettingsTests
{
    private static readonly ServeSettings _node = new()
    {
        DataFolder = "/d", Hostname = "10.0.0.1", Cluster = "Host=db", Node = "n1", ClusterSecret = "0123456789abcdef",
    };

    [Fact]
    public void A_server_without_a_database_is_alone() => Assert.Null(ClusterSettings.Find(new ServeSettings { DataFolder = "/d" }, new ClusterConfig()));

    [Fact]
    public void A_node_is_reached_at_its_host_name_and_cluster_port_unless_it_says_otherwise()
    {
        var plain = ClusterSettings.Find(_node, new ClusterConfig())!.Node;
        var given = ClusterSettings.Find(_node with { Advertise = "node1.example:81", ClusterBind = "0.0.0.0", ClusterPort = 82 }, new ClusterConfig())!.Node;

        Assert.Equal(("10.0.0.1", 0, 7096), (plain.AdvertisedHost, plain.AdvertisedPort, plain.Port));
        Assert.Equal(("node1.example", 81, "0.0.0.0", 82), (given.AdvertisedHost, given.AdvertisedPort, given.BindAddress, given.Port));
    }

    [Fact]
    public void The_command_line_goes_before_the_configuration()
    {
        var config = new ClusterConfig { Connection = "Host=other", Node = "n9", Secret = "fedcba9876543210", Port = 9 };

        var found = ClusterSettings.Find(_node, config)!;

        Assert.Equal(("Host=db", "n1", "0123456789abcdef", 9), (found.Connection, found.Node.Name, found.Node.Secret, found.Node.Port));
    }

    [Fact]
    public void A_URL_of_earlier_releases_is_refused_once_and_the_new_form_is_named() =>
        Assert.Contains("--advertise 10.0.0.1", Assert.Single(MistakesOf(_node with { Advertise = "http://10.0.0.1:4096" })), StringComparison.Ordinal);

    [Theory]
    [InlineData(null, "OPENCODE_CLUSTER_SECRET is missing")]
    [InlineData("short", "16 or more")]
    public void A_secret_that_is_missing_or_short_is_refused_and_never_shown(string? secret, string told)
    {
        var mistake = Assert.Single(MistakesOf(_node with { ClusterSecret = secret }));

        Assert.Contains(told, mistake, StringComparison.Ordinal);
        Assert.DoesNotContain("short", mistake, StringComparison.Ordinal);
    }

    [Fact]
    public void All_mistakes_are_told_at_once() => Assert.Equal(3, MistakesOf(_node with { Cluster = " ", Node = "a b", ClusterSecret = "x" }).Count);

    [Fact]
    public void Options_of_a_node_without_a_cluster_are_refused() =>
        Assert.Contains("give --cluster", Assert.Single(MistakesOf(new ServeSettings { DataFolder = "/d", Node = "n1" })), StringComparison.Ordinal);

    private static List<string> MistakesOf(ServeSettings settings) =>
        [.. Assert.Throws<ConfigException>(() => ClusterSettings.Find(settings, new ClusterConfig())).Mistakes.Select(static mistake => mistake.Message)];
}
