using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using OpenCode.Actors.EndToEnd.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Crashes;

/// <summary>A start that fails says why and ends with its own exit code.</summary>
public sealed class StartRefusalTests(ITestOutputHelper output) : ServerTest(output)
{
    private const int BadOption = 2;
    private const int PortTaken = 4;

    [Fact]
    public async Task A_taken_port_ends_the_start_with_4()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        await AssertRefusedAsync(Setup with { Port = port }, PortTaken, $"{port}");

        Assert.Empty(Directory.EnumerateFiles(Setup.DataFolder, "hub.db*"));
    }

    [Fact]
    public Task A_bad_configuration_ends_the_start_with_2_and_lists_every_mistake() => AssertRefusedAsync(
        Setup with
        {
            Config = new JsonObject
            {
                ["model"] = 7,
                ["server"] = new JsonObject
                {
                    ["event_stream"] = new JsonObject { ["heartbeat_ms"] = 5, ["ring_bytes"] = "much" },
                    ["limits"] = new JsonObject { ["body_bytes"] = -1 },
                },
            },
        },
        BadOption,
        "model",
        "server.event_stream.heartbeat_ms",
        "server.event_stream.ring_bytes",
        "server.limits.body_bytes");

    [Fact]
    public Task A_model_or_provider_that_cannot_be_used_ends_the_start_with_2() => AssertRefusedAsync(
        Setup with
        {
            Config = new JsonObject
            {
                ["model"] = "nowhere/none",
                ["small_model"] = "far/m",
                ["agent"] = new JsonObject { ["build"] = new JsonObject { ["model"] = "local/m" } },
                ["provider"] = new JsonObject
                {
                    ["local"] = new JsonObject { ["models"] = new JsonObject { ["m"] = new JsonObject() } },
                    ["far"] = new JsonObject
                    {
                        ["options"] = new JsonObject { ["baseURL"] = "http://127.0.0.1:9/v1", ["apiKey"] = "{env:THIS_IS_NOT_SET}" },
                        ["models"] = new JsonObject { ["m"] = new JsonObject() },
                    },
                },
            },
        },
        BadOption,
        "model: 'nowhere/none'",
        "provider.local.options.baseURL",
        "provider.far.options.apiKey",
        "THIS_IS_NOT_SET");

    [Fact]
    public Task An_unknown_option_ends_the_start_with_2() => AssertRefusedAsync(Setup with { Arguments = ["--no-such-option"] }, BadOption, "--no-such-option");

    [Fact]
    public Task An_address_of_the_network_without_a_password_is_refused() =>
        AssertRefusedAsync(Setup with { Arguments = ["--hostname", "0.0.0.0"] }, BadOption, "OPENCODE_SERVER_PASSWORD");

    [Fact]
    public async Task Stdout_carries_the_one_line_that_launchers_wait_for_and_nothing_else()
    {
        var server = await StartAsync();
        await server.Api.AskAsync(await server.Api.CreateSessionAsync(), "hello");
        server.Signal(Unix.Terminate);
        await server.ExitAsync();

        Assert.Contains($"Opened the journal in '{Setup.DataFolder}'", server.Log, StringComparison.Ordinal);
        Assert.Equal($"opencode server listening on http://127.0.0.1:{server.Root.Port}\n", server.Output);
    }

    private async Task AssertRefusedAsync(ServerSetup setup, int exitCode, params string[] named)
    {
        var refused = Own(ServerProcess.Spawn(setup));

        Assert.True(await refused.ExitAsync() == exitCode, refused.Errors);
        Assert.All(named, name => Assert.Contains(name, refused.Errors, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", refused.Errors, StringComparison.Ordinal);
        Assert.Empty(refused.Output);
    }
}
