using OpenCode.Actors.Server.Cluster;
using OpenCode.Actors.Server.Cluster.Secrets;
using OpenCode.Actors.Server.CommandLine;
using OpenCode.Actors.Server.Config;

namespace OpenCode.Actors.Tests.Server.Cluster;

public sealed class NodeSecretsTests
{
    private const string Old = "an-old-secret-of-ours";
    private const string New = "a-new-secret-of-ours-";

    private static readonly ServeSettings _serve = new() { DataFolder = "/data", Hostname = "10.0.0.1", Port = 4100, Cluster = "Host=db", Node = "n1", ClusterSecret = New };

    [Fact]
    public void While_the_secret_changes_the_first_is_sent_and_both_are_taken()
    {
        var settings = ClusterSettings.Find(_serve with { ClusterSecret = $"{New}, {Old}" }, new ClusterConfig())!;
        var secrets = new NodeSecrets(settings.Secrets);

        Assert.Equal(New, secrets.Own);
        Assert.True(secrets.Accept(New) && secrets.Accept(Old));
        Assert.False(secrets.Accept("another") || secrets.Accept("") || secrets.Accept(New + "x"));
    }

    [Fact]
    public void A_server_without_cluster_is_alone_and_the_configuration_says_what_the_command_line_does_not()
    {
        var config = new ClusterConfig { Connection = "Host=other", Node = "n9", Advertise = "https://n9.example", Secrets = [Old], MovesPerSecond = 16 };

        Assert.Null(ClusterSettings.Find(_serve with { Cluster = null }, new ClusterConfig()));
        var read = ClusterSettings.Find(_serve with { Cluster = null, Node = null, ClusterSecret = null }, config)!;
        Assert.Equal(("Host=other", "n9", new Uri("https://n9.example/"), Old, 16), (read.Connection, read.Node, read.Url, read.Secrets[0], read.MovesPerSecond));
        Assert.Equal(new Uri("http://10.0.0.1:4100/"), ClusterSettings.Find(_serve, new ClusterConfig())!.Url);
    }

    [Theory]
    [InlineData("10.0.0.1", 4100, "n1", null, null, "OPENCODE_CLUSTER_SECRET")]
    [InlineData("10.0.0.1", 4100, "n1", "short", null, "16 or more")]
    [InlineData("0.0.0.0", 4100, "n1", New, null, "--advertise http://ADDRESS:4100")]
    [InlineData("::", 4100, "n1", New, null, "--advertise")]
    [InlineData("10.0.0.1", 0, "n1", New, null, "--port 0")]
    [InlineData("10.0.0.1", 4100, "n1", New, "ftp://x", "'ftp://x'")]
    [InlineData("10.0.0.1", 4100, "n 1", New, null, "'n 1'")]
    public void What_cannot_be_a_node_is_refused_with_what_to_do(string hostname, int port, string node, string? secret, string? advertise, string said)
    {
        var settings = _serve with { Hostname = hostname, Port = port, Node = node, ClusterSecret = secret, Advertise = advertise };

        var refused = Assert.Throws<ConfigException>(() => ClusterSettings.Find(settings, new ClusterConfig()));

        Assert.Contains(said, Assert.Single(refused.Mistakes).ToString(), StringComparison.Ordinal);
    }
}
