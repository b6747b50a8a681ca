using System.Text.Json.Nodes;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Server.Config;
using OpenCode.Actors.Server.Models;
using OpenCode.Actors.Sessions.Agents;
using OpenCode.Actors.Tests.Server.Config;

namespace OpenCode.Actors.Tests.Server.Models;

/// <summary>The rules of each agent as the real server (1.18.33) lists them for the same files: what is behind the defaults and before the last rule.</summary>
public sealed class AgentListTests
{
    private const string User = "/users/dev/.config/opencode/opencode.json";
    private const string Proj = "/proj/opencode.json";
    private readonly FakeConfigSource _files = new();

    [Theory]
    [InlineData("""{"tools":{"bash":false}}""", "bash * deny")]
    [InlineData("""{"tools":{"write":false,"patch":false,"multiedit":true,"read":true,"*":false,"mcp_*":false}}""", "edit * deny | multiedit * allow | read * allow | * * deny | mcp_* * deny")]
    [InlineData("""{"tools":{"bash":false,"write":false},"permission":{"bash":"allow","edit":"ask"}}""", "bash * allow | edit * ask")]
    [InlineData("""{"permission":"ask"}""", "* * ask")]
    [InlineData("""{"permission":{"bash":{"*":"ask","git *":"allow"},"edit":"deny","external_directory":"deny","doom_loop":"deny","foo":"ask"}}""", "bash * ask | bash git * allow | edit * deny | external_directory * deny | doom_loop * deny | foo * ask")]
    [InlineData("""{"permission":{"bash":"allow","*":"deny"}}""", "bash * allow | * * deny")]
    [InlineData("""{"agent":{"build":{"tools":{"bash":false,"write":false}}}}""", "bash * deny | edit * deny")]
    [InlineData("""{"agent":{"build":{"tools":{"bash":false},"permission":{"bash":"ask","webfetch":"deny"}}}}""", "bash * ask | webfetch * deny")]
    [InlineData("""{"mode":{"build":{"tools":{"bash":false}}}}""", "bash * deny")]
    [InlineData("""{"mode":{"build":{"tools":{"bash":false},"prompt":"M"}},"agent":{"build":{"permission":{"bash":"allow"},"prompt":"A"}}}""", "bash * deny")]
    [InlineData("""{"permission":{"external_directory":{"~/x/*":"allow","$HOME/y/*":"deny"},"bash":{"~/z":"deny"}}}""", "external_directory /users/dev/x/* allow | external_directory /users/dev/y/* deny | bash /users/dev/z deny")]
    public void One_file(string file, string rules)
    {
        _files.Files[Proj] = file;

        Assert.Equal($"question * allow | plan_enter * allow | {rules}", RulesOf("build"));
    }

    [Theory]
    [InlineData("""{"permission":"deny"}""", """{"permission":{"bash":"allow"}}""", "* * deny | bash * allow")]
    [InlineData("""{"permission":{"bash":"allow"}}""", """{"permission":"deny"}""", "bash * allow | * * deny")]
    [InlineData("""{"permission":{"bash":"deny","edit":"ask"}}""", """{"permission":{"*":"allow","bash":{"ls":"allow"}}}""", "bash ls allow | edit * ask | * * allow")]
    [InlineData("""{"permission":{"bash":{"ls":"allow","*":"ask"}}}""", """{"permission":{"bash":"deny"}}""", "bash * deny")]
    [InlineData("""{"permission":{"bash":"allow"}}""", """{"tools":{"bash":false}}""", "bash * allow")]
    [InlineData("""{"agent":{"build":{"permission":{"bash":"allow"}}}}""", """{"agent":{"build":{"tools":{"bash":false}}}}""", "bash * deny")]
    [InlineData("""{"agent":{"build":{"tools":{"bash":false}}}}""", """{"agent":{"build":{"permission":{"bash":{"ls":"allow"}}}}}""", "bash ls allow")]
    public void Two_files(string below, string above, string rules)
    {
        (_files.Files[User], _files.Files[Proj]) = (below, above);

        Assert.Equal($"question * allow | plan_enter * allow | {rules}", RulesOf("build"));
    }

    [Fact]
    public void The_environment_comes_last()
    {
        _files.Files[Proj] = """{"tools":{"bash":false,"webfetch":false}}""";
        _files.Variables["OPENCODE_PERMISSION"] = """{"edit":"deny","bash":"ask"}""";

        Assert.EndsWith("bash * ask | webfetch * deny | edit * deny", RulesOf("build"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("build", "question * allow | plan_enter * allow")]
    [InlineData("plan", "question * allow | plan_exit * allow | task general deny | edit * deny | edit .opencode/plans/*.md allow")]
    [InlineData("general", "todowrite * deny")]
    [InlineData("explore", "* * deny | grep * allow | glob * allow | list * allow | bash * allow | webfetch * allow | webfetch private:* ask | websearch * allow | read * allow | external_directory * ask | external_directory /data/tool-output/* allow")]
    [InlineData("title", "* * deny")]
    public void Built_in(string agent, string rules) => Assert.Equal(rules, RulesOf(agent));

    [Fact]
    public void An_agent_of_a_markdown_file_has_its_text_as_prompt_and_its_rules_behind_those_of_all()
    {
        _files.Files[Proj] = """{"permission":{"edit":"ask"}}""";
        _files.Files["/proj/.opencode/agent/sub/review.md"] = "---\ndescription: a: b: c\nmode: subagent\nmodel: a/b\ntemperature: 0.1\ntools:\n  bash: false\npermission:\n  edit: deny\n  bash:\n    \"git *\": allow\n---\n\nThe prompt.\n";

        var agent = Agents().Find("sub/review")!;

        Assert.Equal("edit * ask | bash git * allow | edit * deny", Tell(agent));
        Assert.Equal(("a: b: c", "The prompt.", AgentMode.Subagent, 0.1), (agent.Description, agent.Prompt, agent.Mode, agent.Temperature));
        Assert.Equal(("a", "b"), (agent.Model!.ProviderId, agent.Model.ModelId));
    }

    [Fact]
    public void Options_and_unknown_keys_of_an_agent_go_to_its_provider()
    {
        _files.Files[Proj] = """{"agent":{"r":{"options":{"a":1},"reasoningEffort":"high","maxSteps":7}}}""";

        var agent = Agents().Find("r")!;

        Assert.Equal(["a", "reasoningEffort"], agent.Options.Keys);
        Assert.Equal((7, AgentMode.All), (agent.Steps, agent.Mode));
    }

    [Fact]
    public void The_default_agent_is_listed_first_and_a_disabled_one_not_at_all()
    {
        _files.Files[Proj] = """{"default_agent":"plan","agent":{"general":{"disable":true}}}""";

        Assert.Equal(["plan", "build", "compaction", "explore", "summary", "title"], Agents().All.Select(agent => agent.Name));
        Assert.Equal("plan", Agents().Default);
    }

    [Theory]
    [InlineData("""{"default_agent":"nope"}""", "default_agent")]
    [InlineData("""{"default_agent":"general"}""", "default_agent")]
    [InlineData("""{"default_agent":"title"}""", "default_agent")]
    [InlineData("""{"agent":{"build":{"disable":true}}}""", "agent.build.disable")]
    public void A_default_agent_that_cannot_be_one_is_a_mistake(string file, string key)
    {
        _files.Files[Proj] = file;

        Assert.Equal((Proj, key), Assert.Single(Assert.Throws<ConfigException>(Open).Mistakes.Select(m => (m.Source, m.Key))));
    }

    [Fact]
    public void Broken_files_are_the_fault_of_all_agents()
    {
        var configs = Open();
        _files.Files["/proj/.opencode/agent/a.md"] = "---\npermission:\n  bash: perhaps\n---\n";

        var fault = new ConfiguredAgents(configs, new BuiltInAgents("/data/tool-output")).For("/proj").Fault;

        Assert.Contains("/proj/.opencode/agent/a.md: agent.a.permission.bash: give", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_patch_takes_no_rule_of_a_file_away()
    {
        _files.Files[Proj] = """{"permission":{"edit":"deny"}}""";
        var configs = Open();

        configs.Patch("/proj", JsonNode.Parse("""{"permission":"ask"}""")!.AsObject());

        Assert.Equal(
            [new PermissionRule("edit", "*", PermissionAction.Deny), new PermissionRule("*", "*", PermissionAction.Ask)],
            configs.For("/proj").Values.Permission);
    }

    private ConfigCatalog Open() => ConfigCatalog.Open(_files, null, "/proj");

    private LocationAgents Agents() => new ConfiguredAgents(Open(), new BuiltInAgents("/data/tool-output")).For("/proj");

    private string RulesOf(string agent) => Tell(Agents().Find(agent)!);

    private static string Tell(Agent agent)
    {
        var defaults = new BuiltInAgents("/data/tool-output").Defaults;
        Assert.Equal(defaults, agent.Permission.Take(defaults.Count));
        Assert.Equal(new PermissionRule("external_directory", "/data/tool-output/*", PermissionAction.Allow), agent.Permission[^1]);
        return string.Join(" | ", agent.Permission.Skip(defaults.Count).SkipLast(1).Select(rule => $"{rule.Permission} {rule.Pattern} {rule.Action.ToString().ToLowerInvariant()}"));
    }
}
