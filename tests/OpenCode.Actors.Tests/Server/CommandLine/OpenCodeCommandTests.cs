using System.CommandLine;
using OpenCode.Actors.Server.CommandLine;

namespace OpenCode.Actors.Tests.Server.CommandLine;

public sealed class OpenCodeCommandTests
{
    [Fact]
    public async Task Serve_has_the_defaults_of_opencode()
    {
        var settings = await ServeAsync([], variable: name => name == "XDG_DATA_HOME" ? "/data" : null);

        Assert.Equal(("127.0.0.1", 4096, "/data/opencode-actors", "opencode"), (settings!.Hostname, settings.Port, settings.DataFolder, settings.Username));
        Assert.Null(settings.Password);
        Assert.Null(settings.Refusal());
    }

    [Fact]
    public async Task All_options_and_variables_are_read()
    {
        var settings = await ServeAsync(
            ["--hostname", "0.0.0.0", "--port", "0", "--data", "/d", "--config", "c.json", "--cors", "https://a", "--cors", "https://b", "--allowed-host", "h", "--insecure"],
            name => name switch { "OPENCODE_SERVER_PASSWORD" => "p", "OPENCODE_SERVER_USERNAME" => "u", _ => null });

        Assert.Equal(("0.0.0.0", 0, "/d", "c.json", true, "p", "u"), (settings!.Hostname, settings.Port, settings.DataFolder, settings.ConfigFile, settings.Insecure, settings.Password, settings.Username));
        Assert.Equal(["https://a", "https://b"], settings.Cors);
        Assert.Equal(["h"], settings.AllowedHosts);
    }

    [Theory]
    [InlineData("--port", "65536")]
    [InlineData("--port", "-1")]
    [InlineData("--port", "x")]
    [InlineData("--unknown", "1")]
    public async Task A_wrong_option_is_refused(string option, string value) => Assert.Null(await ServeAsync([option, value], _ => null));

    [Theory]
    [InlineData("--cluster", "serve", "--cluster", "Host=db")]
    [InlineData("--cluster", "serve", "--port", "0", "--node", "n1", "--advertise", "http://10.0.0.1:4096", "--cluster", "Host=db;Password=secret")]
    [InlineData("--node", "serve", "--node", "n1")]
    [InlineData("--advertise", "serve", "--advertise", "http://10.0.0.1:4096")]
    public Task A_node_of_a_cluster_is_refused_in_a_sentence(string asked, params string[] command) => NoClusterAsync(asked, command);

    [Theory]
    [InlineData("cluster", "status")]
    [InlineData("cluster", "status", "--cluster", "Host=db;Password=secret")]
    public Task The_status_of_a_cluster_is_refused_in_a_sentence(params string[] command) => NoClusterAsync("cluster status", command);

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

    private static async Task NoClusterAsync(string asked, string[] arguments)
    {
        ServeSettings? served = null;
        await using var errors = new StringWriter();
        var command = OpenCodeCommand.Create(_ => null, "/home/dev", settings => Task.FromResult((served = settings) is null ? 1 : 0), _ => Task.FromResult(0));
        var parsed = command.Parse(arguments);

        Assert.Empty(parsed.Errors);
        Assert.Equal(ExitCodes.BadOption, await parsed.InvokeAsync(new InvocationConfiguration { Error = errors }));

        Assert.Null(served);
        var line = Assert.Single(errors.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith($"{asked}: this build runs on one machine only and has no cluster: run one server without --cluster", line, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", line, StringComparison.Ordinal);
    }

    private static async Task<ServeSettings?> ServeAsync(string[] options, Func<string, string?> variable)
    {
        ServeSettings? read = null;
        var command = OpenCodeCommand.Create(variable, "/home/dev", settings => Task.FromResult((read = settings) is null ? 1 : 0), _ => Task.FromResult(0));
        var parsed = command.Parse(["serve", .. options]);
        if (parsed.Errors.Count == 0)
            await parsed.InvokeAsync();

        return read;
    }
}
