using System.Text.Json.Nodes;
using OpenCode.Actors.EndToEnd.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Shells;

/// <summary>What a command can read of its server's secrets (rule "Secrets stay in the server").</summary>
public sealed class SecretsOfToolsTests(ITestOutputHelper output) : ServerTest(output)
{
    private const string Command = "env | grep -E 'OPENCODE_(SERVER|CLUSTER)|OTEL_.*HEADERS|_KEY|_TOKEN'; echo \"plain=$PLAIN\"; echo \"p=$OPENCODE_SERVER_PASSWORD\"; tr '\\0' '\\n' < /proc/$PPID/environ | grep -c OPENCODE_SERVER; echo end";

    [Fact]
    public async Task A_command_finds_no_secret_in_its_environment()
    {
        await using var provider = await FakeProvider.StartAsync();
        var config = provider.Config();
        config["provider"]![FakeProvider.ProviderId]!["options"]!["apiKey"] = "{env:NAMED_KEY}";
        config["provider"]!["other"] = JsonNode.Parse("""{"env":["LISTED_KEY"]}""");
        File.WriteAllText(Path.Combine(Setup.Project, "opencode.json"), """{"username":"{env:USER}","mcp":{"m":{"type":"local","command":["true"],"enabled":false,"environment":{"T":"{env:LOCATION_TOKEN}","P":"{env:PATH}"}}}}""");
        var server = await StartAsync(Setup with
        {
            Password = "pass-word-of-ours",
            Secret = "0123456789abcdef",
            Config = config,
            Within = ["env", "OPENCODE_SERVER_USERNAME=opencode", "OTEL_EXPORTER_OTLP_HEADERS=key=of-ours", "PLAIN=1", "NAMED_KEY=of-ours", "LISTED_KEY=of-ours", "OPENAI_API_KEY=of-ours", "LOCATION_TOKEN=of-ours"],
        });
        await using var stream = await server.ListenAsync();
        var session = await server.Api.CreateSessionAsync();

        await server.Api.PostAsync($"/session/{session}/shell", new { agent = "build", command = Command });

        var part = await stream.WaitForAsync(
            frame => frame.Type == "message.part.updated" && frame.Properties.Text("part", "state", "status") == "completed", "a completed command", limit: TimeSpan.FromSeconds(60));
        Assert.StartsWith("plain=1\np=\n0\nend\n", part.Properties.Text("part", "state", "output"), StringComparison.Ordinal);
        Assert.DoesNotContain(stream.Frames, frame => frame.ToString()!.Contains("pass-word-of-ours", StringComparison.Ordinal));
    }
}
