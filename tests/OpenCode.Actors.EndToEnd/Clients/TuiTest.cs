using System.Text.Json.Nodes;
using OpenCode.Actors.EndToEnd.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Clients;

/// <summary>A test with the real TUI before a server of ours, whose model is scripted by what is typed (<see cref="FakeProvider"/>).</summary>
public abstract class TuiTest(ITestOutputHelper output) : ServerTest(output)
{
    private protected FakeProvider Provider { get; private set; } = null!;

    private protected ServerProcess Server { get; set; } = null!;

    /// <summary>Gets the lines of the server's log about routes that it does not serve.</summary>
    private string Refused => string.Join('\n', Server.Log.Split('\n').Where(static line => line.Contains("Answered 501", StringComparison.Ordinal)).Distinct());

    private protected async Task StartServerAsync()
    {
        Needs.Tmux();
        Provider = Own(await FakeProvider.StartAsync());
        var config = Provider.Config();
        config["permission"] = new JsonObject { ["bash"] = new JsonObject { ["*"] = "allow", ["cat *"] = "ask" } };
        config["command"] = new JsonObject { ["hi"] = new JsonObject { ["template"] = "Say hi to $ARGUMENTS", ["description"] = "Says hi" } };
        Server = await StartAsync(Setup with { Config = config, Arguments = ["--log-level", "DEBUG"] });
    }

    private protected async Task<Tui> StartTuiAsync(Uri? root = null, string? session = null) =>
        Own(await Tui.StartAsync(root ?? Server.Root, Folder, () => Refused, session is null ? [] : ["-s", session]));

    /// <summary>Gets the id of the only session.</summary>
    private protected async Task<string> SessionAsync() => (await Server.Api.GetAsync("/session")).EnumerateArray().Single().GetProperty("id").GetString()!;
}
