using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Server.Config;

namespace OpenCode.Actors.Tests.Server.Config;

/// <summary>Where configuration is read, and which place wins, as the real server (1.18.33) does it.</summary>
public sealed class ConfigSourcesTests
{
    private readonly FakeConfigSource _files = new();

    public static TheoryData<string[]> Orders => new(
        ["/users/dev/.config/opencode/config.json", "/users/dev/.config/opencode/opencode.json", "/users/dev/.config/opencode/opencode.jsonc", "/named.json"],
        ["/named.json", "/w/opencode.json", "/w/opencode.jsonc", "/w/a/b/opencode.json"],
        ["/w/a/b/opencode.json", "/w/a/b/.opencode/opencode.json", "/w/a/.opencode/opencode.jsonc", "/w/.opencode/opencode.json"],
        ["/w/.opencode/opencode.json", "/users/dev/.opencode/opencode.json", "/dir/opencode.json", "OPENCODE_CONFIG_CONTENT", "OPENCODE_PERMISSION"]);

    [Theory]
    [MemberData(nameof(Orders))]
    public void A_later_place_wins(string[] places)
    {
        _files.Files["/w/.git/HEAD"] = "";
        _files.Files["/named.json"] = "{}";
        _files.Variables["OPENCODE_CONFIG"] = "/named.json";
        _files.Variables["OPENCODE_CONFIG_DIR"] = "/dir";
        foreach (var (n, place) in places.Index())
        {
            var rules = $$"""{"bash":{"rule {{n}}":"deny"},"edit":"{{(n == places.Length - 1 ? "deny" : "allow")}}"}""";
            if (place.StartsWith("OPENCODE", StringComparison.Ordinal))
                _files.Variables[place] = place == "OPENCODE_PERMISSION" ? rules : $$"""{"permission":{{rules}}}""";
            else
                _files.Files[place] = $$"""{"permission":{{rules}}}""";
        }

        var read = ConfigCatalog.Open(_files, null, "/w/a/b").For("/w/a/b").Values.Permission;

        Assert.Equal(places.Select((_, n) => $"rule {n}"), read.Where(rule => rule.Permission == "bash").Select(rule => rule.Pattern));
        Assert.Equal(PermissionAction.Deny, read.Last(rule => rule.Permission == "edit").Action);
    }

    [Fact]
    public void Folders_above_the_worktree_are_not_read_and_without_one_only_the_location_is()
    {
        _files.Files["/opencode.json"] = """{"permission":{"bash":"deny"}}""";
        _files.Files["/w/.git/HEAD"] = "";

        var configs = ConfigCatalog.Open(_files, null, "/w/a");

        Assert.Empty(configs.For("/w/a").Values.Permission);
        Assert.Empty(configs.For("/x/y").Values.Permission);
        Assert.Single(configs.For("/").Values.Permission);
    }

    [Fact]
    public void Files_of_the_project_can_be_left_out()
    {
        _files.Variables["OPENCODE_DISABLE_PROJECT_CONFIG"] = "1";
        _files.Files["/w/opencode.json"] = _files.Files["/w/.opencode/opencode.json"] = """{"permission":{"bash":"deny"}}""";

        Assert.Empty(ConfigCatalog.Open(_files, null, "/w").For("/w").Values.Permission);
    }

    [Fact]
    public void A_change_of_any_file_holds_at_once()
    {
        var configs = ConfigCatalog.Open(_files, null, "/w");
        Assert.Empty(configs.For("/w").Values.Agents);
        Assert.Same(configs.For("/w"), configs.For("/w"));

        _files.Files["/w/.opencode/agents/a.md"] = "{file:x}";
        Assert.Equal("{file:x}", Assert.Single(configs.For("/w").Values.Agents).Prompt);

        _files.Files["/w/opencode.json"] = """{"agent":{"b":{"prompt":"{file:b.txt}"}}}""";
        _files.Files["/w/b.txt"] = "one";
        Assert.Equal("one", configs.For("/w").Values.Agents.Single(agent => agent.Name == "b").Prompt);

        _files.Files["/w/b.txt"] = "two";
        Assert.Equal("two", configs.For("/w").Values.Agents.Single(agent => agent.Name == "b").Prompt);
    }

    [Theory]
    [InlineData("/w/.opencode/agent/a.md", "---\ntools: [\n---\nx", "", "cannot be read")]
    [InlineData("/w/.opencode/agent/a.md", "---\nmode: primary\nx", "", "no second line")]
    [InlineData("/w/.opencode/agent/a.md", "---\ntools: Read, Grep\n---\nx", "agent.a.tools", "give an object")]
    [InlineData("/w/.opencode/agent/a.md", "---\nmode: foo\n---\nx", "agent.a.mode", "give \"primary\"")]
    [InlineData("/w/.opencode/agent/a.md", "---\ndisallowedTools: Bash\n---\nx", "agent.a.disallowedTools", "does not heed")]
    [InlineData("/w/.opencode/agent/a.md", "---\nbash: deny\n---\nx", "agent.a.bash", "does not heed")]
    [InlineData("/w/.opencode/command/c.md", "---\nallowed-tools: Bash\n---\nx", "command.c.allowed-tools", "does not heed")]
    [InlineData("/w/.opencode/mode/m.md", "---\npermissions:\n  bash: deny\n---\nx", "agent.m.permissions", "does not heed")]
    [InlineData("/w/.opencode/opencode.json", """{"permission": """, "", "not valid JSON")]
    [InlineData("/w/.opencode/opencode.json", """{"server":{"port":1}}""", "server", "may not set")]
    [InlineData("/w/opencode.json", """{"permissions":{"bash":"deny"}}""", "permissions", "does not heed")]
    [InlineData("/w/opencode.json", """{"security":{"tools":{"deny":["bash"]}}}""", "security.tools", "does not heed")]
    [InlineData("/w/opencode.json", """{"agent":{"a":{"permissions":{"bash":"deny"}}}}""", "agent.a.permissions", "does not heed")]
    [InlineData("/w/opencode.json", """{"mode":{"a":{"permission_mode":"plan"}}}""", "mode.a.permission_mode", "does not heed")]
    [InlineData("/w/opencode.json", """{"experimental":{"primary_tools":["bash"]}}""", "experimental.primary_tools", "does not heed")]
    [InlineData("/w/opencode.json", """{"experimental":{"policies":[]}}""", "experimental.policies", "does not heed")]
    [InlineData("/w/opencode.json", """{"permission":{"bash":null}}""", "permission.bash", "give \"allow\"")]
    [InlineData("/w/opencode.json", """{"permission":null}""", "permission", "give \"allow\"")]
    [InlineData("/w/opencode.json", """{"permission":{"webfetch":{"*":"deny"}}}""", "permission.webfetch", "give \"allow\"")]
    [InlineData("/w/opencode.json", """{"tools":{"bash":"no"}}""", "tools.bash", "give true or false")]
    [InlineData("/w/opencode.json", """{"agent":{"a":{"tools":{"bash":1}}}}""", "agent.a.tools.bash", "give true or false")]
    [InlineData("/w/opencode.json", """{"agent":{"a":null}}""", "agent.a", "give an object")]
    [InlineData("/w/opencode.json", """{"disabled_providers":["embedded"]}""", "disabled_providers", "cannot be switched off")]
    [InlineData("OPENCODE_PERMISSION", """{"bash":""", "", "not valid JSON")]
    [InlineData("OPENCODE_PERMISSION", """{"bash":"perhaps"}""", "permission.bash", "give \"allow\"")]
    [InlineData("OPENCODE_CONFIG_CONTENT", """{"permission":1}""", "permission", "give \"allow\"")]
    public void What_restricts_and_is_not_understood_stops_the_start_with_its_place_and_key(string place, string text, string key, string says)
    {
        (place.StartsWith("OPENCODE", StringComparison.Ordinal) ? _files.Variables : _files.Files)[place] = text;

        var mistake = Assert.Single(Assert.Throws<ConfigException>(() => ConfigCatalog.Open(_files, null, "/w")).Mistakes);

        Assert.Equal((place, key), (mistake.Source, mistake.Key));
        Assert.Contains(says, mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_without_a_restriction_that_is_not_known_is_left_alone()
    {
        _files.Files["/w/opencode.json"] = """{"theme":"x","keybinds":{"deny":"a"},"foo":{"bar":1},"mcp":{"b":{"type":"local","enabled":false}},"agent":{"a":{"reasoningEffort":"high"}}}""";

        Assert.Empty(ConfigCatalog.Open(_files, null, "/w").For("/w").Mistakes);
    }

    [Fact]
    public void Providers_are_switched_off_and_others_than_the_enabled_ones_too()
    {
        _files.Files["/w/opencode.json"] = """
            {"provider":{"a":{"options":{"baseURL":"http://a"},"models":{"1":{}}},"b":{"options":{"baseURL":"http://b"},"models":{"1":{}}},"c":{"options":{"baseURL":"http://c"},"models":{"1":{}}}},
             "enabled_providers":["a","b"],"disabled_providers":["b"]}
            """;

        Assert.Equal(["a"], ConfigCatalog.Open(_files, null, "/w").For("/w").Values.Providers.Select(provider => provider.Id));
    }
}
