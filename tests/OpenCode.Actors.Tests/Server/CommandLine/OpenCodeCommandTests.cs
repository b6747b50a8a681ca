using System.CommandLine;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Server.CommandLine;
using OpenCode.Actors.Server.Settings;

namespace OpenCode.Actors.Tests.Server.CommandLine;

public sealed class OpenCodeCommandTests
{
    [Fact]
    public async Task Serve_has_the_defaults_of_opencode()
    {
        var settings = await ServeAsync([], variable: name => name == "XDG_DATA_HOME" ? "/data" : null);

        Assert.Equal(("127.0.0.1", 4096, "/data/opencode-actors", "opencode"), (settings!.Hostname, settings.Port, settings.DataFolder, settings.Username));
        Assert.Null(settings.Password);
        Assert.False(settings.Exclusive);
        Assert.Null(settings.Refusal());
    }

    [Fact]
    public async Task All_options_and_variables_are_read()
    {
        var settings = await ServeAsync(
            ["--hostname", "0.0.0.0", "--port", "0", "--data", "/d", "--config", "c.json", "--cors", "https://a", "--cors", "https://b", "--allowed-host", "h", "--insecure", "--exclusive"],
            name => name switch { "OPENCODE_SERVER_PASSWORD" => "p", "OPENCODE_SERVER_USERNAME" => "u", _ => null });

        Assert.Equal(("0.0.0.0", 0, "/d", "c.json", true, "p", "u"), (settings!.Hostname, settings.Port, settings.DataFolder, settings.ConfigFile, settings.Insecure, settings.Password, settings.Username));
        Assert.Equal(["https://a", "https://b"], settings.Cors);
        Assert.Equal(["h"], settings.AllowedHosts);
        Assert.True(settings.Exclusive);
    }

    [Fact]
    public async Task What_opencode_takes_is_taken_and_what_has_no_effect_is_said()
    {
        var settings = await ServeAsync(
            ["--print-logs", "--log-level", "DEBUG", "--pure", "--mdns", "--mdns-domain", "hub.local", "--cors", "https://a", "https://b", "--port", "0"], static _ => null);

        Assert.Equal(LogLevel.Debug, settings!.LogLevel);
        Assert.Equal(["https://a", "https://b"], settings.Cors);
        Assert.Equal(["--pure", "--mdns", "--mdns-domain"], settings.WithoutEffect.Select(static sentence => sentence.Split(' ')[0]));
    }

    [Theory]
    [InlineData("DEBUG", LogLevel.Debug)]
    [InlineData("INFO", LogLevel.Information)]
    [InlineData("WARN", LogLevel.Warning)]
    [InlineData("ERROR", LogLevel.Error)]
    public async Task The_log_has_a_level(string name, LogLevel level) => Assert.Equal(level, (await ServeAsync(["--log-level", name], static _ => null))!.LogLevel);

    [Theory]
    [InlineData("--log-level", "LOUD")]
    [InlineData("--port", "65536")]
    [InlineData("--port", "-1")]
    [InlineData("--port", "x")]
    [InlineData("--unknown", "1")]
    public async Task A_wrong_option_is_refused(string option, string value) => Assert.Null(await ServeAsync([option, value], _ => null));

    [Fact]
    public async Task The_options_of_a_node_are_read()
    {
        var read = await ServeAsync(
            ["--cluster", "Host=db", "--node", "n1", "--advertise", "10.0.0.1:7", "--cluster-port", "0", "--cluster-bind", "0.0.0.0"],
            static name => name == "OPENCODE_CLUSTER_SECRET" ? "secret" : null);

        Assert.Equal(("Host=db", "n1", "10.0.0.1:7", 0, "0.0.0.0", "secret"), (read!.Cluster, read.Node, read.Advertise, read.ClusterPort, read.ClusterBind, read.ClusterSecret));
    }

    [Theory]
    [InlineData("serve", "--cluster-port", "65536")]
    [InlineData("serve", "--cluster-port", "x")]
    [InlineData("cluster", "status")]
    public void A_wrong_option_of_a_cluster_is_refused(params string[] arguments) =>
        Assert.NotEmpty(OpenCodeCommand.Create(static _ => null, "/users/dev", static _ => Task.FromResult(0), static _ => Task.FromResult(0)).Parse(arguments).Errors);

    [Theory]
    [InlineData("127.0.0.1", null, false, false)]
    [InlineData("::1", null, false, false)]
    [InlineData("localhost", null, false, false)]
    [InlineData("0.0.0.0", null, false, true)]
    [InlineData("192.168.1.7", null, false, true)]
    [InlineData("0.0.0.0", "secret", false, false)]
    [InlineData("0.0.0.0", null, true, false)]
    [InlineData("hub.example", "secret", false, true)]
    public void An_address_that_others_reach_needs_a_password(string hostname, string? password, bool insecure, bool refused) =>
        Assert.Equal(refused, new ServeSettings { DataFolder = "/d", Hostname = hostname, Password = password, Insecure = insecure }.Refusal() is not null);

    private static async Task<ServeSettings?> ServeAsync(string[] options, Func<string, string?> variable)
    {
        ServeSettings? read = null;
        var command = OpenCodeCommand.Create(variable, "/users/dev", settings => Task.FromResult((read = settings) is null ? 1 : 0), _ => Task.FromResult(0));
        var parsed = command.Parse(["serve", .. options]);
        if (parsed.Errors.Count == 0)
            await parsed.InvokeAsync();

        return read;
    }
}
