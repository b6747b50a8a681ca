using OpenCode.Actors.Clustering.Settings;

namespace OpenCode.Actors.Tests.Clustering.Settings;

public sealed class ClusterNodeOptionsTests
{
    private static ClusterNodeOptions Good => new() { Name = "n-1", AdvertisedHost = "10.0.0.1", Secret = "0123456789abcdef" };

    [Fact]
    public void Name_host_and_secret_are_enough() => Assert.Empty(MistakesIn(Good));

    [Fact]
    public void The_node_listens_on_the_address_it_advertises_unless_another_one_is_given()
    {
        var options = Good;
        Assert.Equal("10.0.0.1", options.ListenAddress);

        options.BindAddress = "0.0.0.0";
        Assert.Equal("0.0.0.0", options.ListenAddress);
    }

    [Fact]
    public void Every_mistake_is_told_at_once()
    {
        var mistakes = MistakesIn(new ClusterNodeOptions { Port = -1 });

        Assert.Equal(5, mistakes.Count);
        Assert.Contains(mistakes, m => m.StartsWith("--node:", StringComparison.Ordinal));
        Assert.Contains(mistakes, m => m.StartsWith("--advertise is missing", StringComparison.Ordinal));
        Assert.Contains(mistakes, m => m.StartsWith("--cluster-port:", StringComparison.Ordinal));
        Assert.Contains(mistakes, m => m.StartsWith("--cluster-bind is missing", StringComparison.Ordinal));
        Assert.Contains(mistakes, m => m.StartsWith("OPENCODE_CLUSTER_SECRET is missing", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("näme")]
    [InlineData("a/b")]
    public void A_name_that_could_not_be_typed_is_refused(string name)
    {
        var options = Good;
        options.Name = name;

        Assert.StartsWith("--node:", Assert.Single(MistakesIn(options)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_with_a_name_for_its_host_needs_an_address_to_listen_on()
    {
        var options = Good;
        options.AdvertisedHost = "node1.internal";
        Assert.StartsWith("--cluster-bind is missing: 'node1.internal' is a name", Assert.Single(MistakesIn(options)), StringComparison.Ordinal);

        options.BindAddress = "10.0.0.1";
        Assert.Empty(MistakesIn(options));
    }

    [Theory]
    [InlineData("short", "secret 1 has 5 characters")]
    [InlineData("0123456789abcdef,short", "secret 2 has 5 characters")]
    [InlineData("0123456789abcdef,", "secret 2 has 0 characters")]
    [InlineData("0123456789abcdef,0123456789abcdef", "the same secret twice")]
    public void A_secret_that_protects_nothing_is_refused_and_not_shown(string secret, string said)
    {
        var options = Good;
        options.Secret = secret;

        var mistake = Assert.Single(MistakesIn(options));
        Assert.Contains(said, mistake, StringComparison.Ordinal);
        Assert.DoesNotContain("0123456789", mistake, StringComparison.Ordinal);
        Assert.DoesNotContain("'short'", mistake, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_secrets_are_accepted_while_one_replaces_the_other()
    {
        var options = Good;
        options.Secret = "0123456789abcdef, fedcba9876543210";

        Assert.Empty(MistakesIn(options));
        Assert.Equal(["0123456789abcdef", "fedcba9876543210"], options.Secrets);
    }

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.1", 0)]
    [InlineData("10.0.0.1:7000", "10.0.0.1", 7000)]
    [InlineData("node1.internal:7000", "node1.internal", 7000)]
    [InlineData("fd00::1", "fd00::1", 0)]
    [InlineData("[fd00::1]:7000", "fd00::1", 7000)]
    public void An_advertised_address_is_a_host_with_or_without_a_port(string text, string host, int port)
    {
        Assert.Equal(new AdvertisedAddress(host, port), AdvertisedAddress.Parse(text, out var mistake));
        Assert.Null(mistake);
    }

    [Fact]
    public void The_URL_of_earlier_versions_is_refused_with_the_new_form()
    {
        Assert.Null(AdvertisedAddress.Parse("http://10.0.0.1:4096", out var mistake));

        Assert.Contains("give --advertise 10.0.0.1", mistake, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("host:")]
    [InlineData("host:0")]
    [InlineData("host:70000")]
    [InlineData("host:http")]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("http://")]
    public void What_no_node_could_reach_is_refused(string text)
    {
        Assert.Null(AdvertisedAddress.Parse(text, out var mistake));

        Assert.StartsWith("--advertise", mistake, StringComparison.Ordinal);
    }

    private static List<string> MistakesIn(ClusterNodeOptions options) => [.. new ClusterNodeOptionsRules().Validate(null, options).Failures ?? []];
}
