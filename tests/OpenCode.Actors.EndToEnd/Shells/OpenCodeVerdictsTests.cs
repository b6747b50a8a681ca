using System.Text.Json;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Sequences;

namespace OpenCode.Actors.EndToEnd.Shells;

/// <summary>The verdicts that our table of attacks says opencode gives, asked of opencode: every twentieth line, at full scale every one that it asks about or denies.</summary>
/// <remarks>A line that it allows is run by it; such lines are left out.</remarks>
public sealed class OpenCodeVerdictsTests(OpenCodeSequenceServer server) : IClassFixture<OpenCodeSequenceServer>
{
    [SkippableFact]
    public async Task The_real_server_judges_lines_as_the_table_says()
    {
        Needs.Node();
        await using var stream = await server.Server.ListenAsync();
        await stream.WaitForTypeAsync("server.connected");
        var table = Path.Combine(Repository.Root, "tests", "OpenCode.Actors.Tests", "Sessions", "ShellLines", "attacks.json");
        var rows = JsonDocument.Parse(await File.ReadAllTextAsync(table)).RootElement.EnumerateArray().Where(row => row.Text("real") is "ask" or "deny" && row.Text("line")!.Trim() == row.Text("line")).ToList();
        foreach (var row in rows.Where((_, index) => index % Scale.Of(20, 1) == 0))
        {
            var line = row.Text("line")!;
            var from = stream.Frames.Count;
            object[] rules = [.. row.GetProperty("bash").EnumerateObject().Select(rule => new { permission = "bash", pattern = rule.Name, action = rule.Value.GetString() })];
            var session = await server.Server.Api.CreateSessionAsync(new { title = "T", permission = rules.Prepend(new { permission = "external_directory", pattern = "*", action = "allow" }) });
            await server.Server.Api.PromptAsync(session, $"run: {line}", FakeProvider.Model);

            var end = await stream.WaitForAsync(
                frame => frame.Session == session && (frame.Type == "permission.asked" || (frame.Type == "message.part.updated" && frame.Properties.Text("part", "state", "status") is "completed" or "error")),
                $"a verdict on: {line}",
                from,
                TimeSpan.FromSeconds(60));
            var verdict = end.Type == "permission.asked" ? "ask" : end.Properties.Text("part", "state", "status") == "error" ? "deny" : "allow";
            Assert.True(row.Text("real") == verdict, $"'{line}' gets {verdict}: {end}");
            await server.Server.Api.PostAsync($"/session/{session}/abort");
        }
    }
}
