using OpenCode.Actors.EndToEnd.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Shells;

/// <summary>What a command can read of its server's secrets (rule "Secrets stay in the server").</summary>
public sealed class SecretsOfToolsTests(ITestOutputHelper output) : ServerTest(output)
{
    private const string Command = "env | grep -E 'OPENCODE_(SERVER|CLUSTER)|OTEL_.*HEADERS'; echo \"p=$OPENCODE_SERVER_PASSWORD\"; tr '\\0' '\\n' < /proc/$PPID/environ | grep -c OPENCODE_SERVER; echo end";

    [Fact]
    public async Task A_command_finds_no_secret_in_its_environment()
    {
        await using var provider = await FakeProvider.StartAsync();
        var server = await StartAsync(Setup with
        {
            Password = "pass-word-of-ours",
            Secret = "0123456789abcdef",
            Config = provider.Config(),
            Within = ["env", "OPENCODE_SERVER_USERNAME=opencode", "OTEL_EXPORTER_OTLP_HEADERS=key=of-ours"],
        });
        await using var stream = await server.ListenAsync();
        var session = await server.Api.CreateSessionAsync();

        await server.Api.PostAsync($"/session/{session}/shell", new { agent = "build", command = Command });

        var part = await stream.WaitForAsync(
            frame => frame.Type == "message.part.updated" && frame.Properties.Text("part", "state", "status") == "completed", "a completed command", limit: TimeSpan.FromSeconds(60));
        Assert.StartsWith("p=\n0\nend\n", part.Properties.Text("part", "state", "output"), StringComparison.Ordinal);
        Assert.DoesNotContain(stream.Frames, frame => frame.ToString()!.Contains("pass-word-of-ours", StringComparison.Ordinal));
    }
}
