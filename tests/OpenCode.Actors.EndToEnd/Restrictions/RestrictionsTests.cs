using System.Net;
using System.Text.Json.Nodes;
using OpenCode.Actors.EndToEnd.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Restrictions;

/// <summary>Wherever a restriction can be, the command does not run (rule "Restrictions fail closed"). The model calls bash whatever its tools are.</summary>
public sealed class RestrictionsTests(ITestOutputHelper output) : ServerTest(output)
{
    private const string Deny = """{"permission":{"bash":"deny"}}""";

    [Theory]
    [InlineData("opencode.json", """{"tools":{"bash":false}}""")]
    [InlineData("opencode.json", """{"agent":{"review":{"permission":{"bash":"deny"}}}}""", "review")]
    [InlineData("opencode.json", """{"agent":{"build":{"tools":{"bash":false}}}}""")]
    [InlineData("opencode.json", """{"mode":{"build":{"tools":{"bash":false}}}}""")]
    [InlineData("opencode.json", """{"default_agent":"review","agent":{"review":{"permission":"deny"}}}""")]
    [InlineData("opencode.json", """{"permission":{"bash":{"touch *":"deny"}}}""")]
    [InlineData(".opencode/opencode.json", Deny)]
    [InlineData(".opencode/agent/review.md", "---\npermission:\n  bash: deny\n---\nYou review.\n", "review")]
    [InlineData(".opencode/agents/review.md", "---\ntools:\n  bash: false\n---\nYou review.\n", "review")]
    [InlineData(".opencode/mode/review.md", "---\ntools:\n  bash: false\n---\nYou review.\n", "review")]
    [InlineData("../../opencode.jsonc", Deny)]
    [InlineData("../../.opencode/opencode.jsonc", Deny)]
    [InlineData("../../home/.config/opencode/config.json", Deny)]
    [InlineData("../../home/.opencode/opencode.json", Deny)]
    [InlineData("OPENCODE_CONFIG_CONTENT", Deny)]
    [InlineData("OPENCODE_PERMISSION", """{"bash":"deny"}""")]
    [InlineData("OPENCODE_PERMISSION", "\"deny\"")]
    [InlineData("session", """[{"permission":"bash","pattern":"*","action":"deny"}]""")]
    [InlineData("prompt", """{"bash":false}""")]
    [InlineData("prompt", """{"*":false}""")]
    public async Task The_command_does_not_run(string place, string text, string? agent = null)
    {
        var provider = Own(await FakeProvider.StartAsync());
        var setup = Setup with { ProjectName = "work/project", Config = provider.Config() };
        Directory.CreateDirectory(Path.Combine(Folder.Path, ".git")); // the root of the worktree is two folders above the location
        if (place.StartsWith("OPENCODE", StringComparison.Ordinal))
            setup = setup with { Within = ["env", $"{place}={text}"] };
        else if (place.Contains('.', StringComparison.Ordinal))
            Write(Path.GetFullPath(Path.Combine(setup.Project, place)), text);
        var server = await StartAsync(setup);

        var session = await server.Api.CreateSessionAsync(place == "session" ? new { permission = JsonNode.Parse(text) } : null);
        await server.Api.PostAsync($"/session/{session}/message", Prompt(agent, place == "prompt" ? text : null));
        await server.Api.PostAsync($"/session/{session}/message", Prompt(agent, null));

        Assert.False(File.Exists(Path.Combine(setup.Project, "ran")), "the command ran");
        Assert.InRange(provider.Requests, 2, int.MaxValue);
    }

    [Fact]
    public async Task Without_a_restriction_it_runs()
    {
        var server = await StartAsync();

        await server.Api.PostAsync($"/session/{await server.Api.CreateSessionAsync()}/message", Prompt(null, null));

        Assert.True(File.Exists(Path.Combine(Setup.Project, "ran")));
    }

    [Fact]
    public async Task An_unknown_agent_and_a_file_that_was_broken_meanwhile_are_refused_and_nothing_is_stored()
    {
        var server = await StartAsync();
        var session = await server.Api.CreateSessionAsync();

        await server.Api.PostAsync($"/session/{session}/message", Prompt("nope", null), HttpStatusCode.BadRequest);
        await server.Api.PostAsync($"/session/{session}/shell", new { agent = "nope", command = "touch ran" }, HttpStatusCode.BadRequest);
        Write(Path.Combine(Setup.Project, ".opencode/agent/a.md"), "---\npermissions:\n  bash: deny\n---\n");
        var refused = await server.Api.PostAsync($"/session/{session}/message", Prompt(null, null), HttpStatusCode.BadRequest);

        Assert.Contains("agent.a.permissions", refused.GetRawText(), StringComparison.Ordinal);
        Assert.Empty(await server.Api.MessagesAsync(session));
        Assert.False(File.Exists(Path.Combine(Setup.Project, "ran")));

        File.Delete(Path.Combine(Setup.Project, ".opencode/agent/a.md"));
        await server.Api.PostAsync($"/session/{session}/message", Prompt(null, null));
        Assert.True(File.Exists(Path.Combine(Setup.Project, "ran")));
    }

    private static JsonObject Prompt(string? agent, string? tools)
    {
        var prompt = new JsonObject { ["parts"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = "run: touch ran" }) };
        if (agent is not null)
            prompt["agent"] = agent;
        if (tools is not null)
            prompt["tools"] = JsonNode.Parse(tools);
        return prompt;
    }

    private static void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
