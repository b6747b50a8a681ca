using System.Text.Json.Nodes;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Server.Config;

namespace OpenCode.Actors.Tests.Server.Config;

public sealed class ConfigCatalogTests
{
    private const string UserFile = "/users/dev/.config/opencode/opencode.json";
    private readonly FakeConfigSource _files = new();

    [Fact]
    public void Without_any_file_the_defaults_hold()
    {
        var config = Open().Server;

        Assert.Null(config.Model);
        Assert.Empty(config.Providers);
        Assert.Empty(config.Permission);
        Assert.Equal(10_000, config.EventStream.HeartbeatMs);
        Assert.Equal(64L << 20, config.EventStream.RingBytes);
    }

    [Theory]
    [InlineData("'formatter': true", "formatter has no effect: no formatters run here.")]
    [InlineData("'lsp': { 'own': { 'command': ['x'] } }", "lsp has no effect: no language servers run here.")]
    [InlineData("'plugin': ['x']", "plugin has no effect: no plugins run here.")]
    [InlineData("'skills': { 'urls': ['https://x.invalid/'] }", "skills.urls has no effect: skills are not fetched. Put them into a folder, and name it in skills.paths.")]
    [InlineData("'modle': 'a/b'", "modle has no effect: opencode has no such key. See https://opencode.ai/config.json for those it has.")]
    [InlineData("'formatter': false, 'lsp': { 'x': { 'disabled': true } }, 'plugin': [], 'theme': 'x', 'username': 'me', '$schema': 'x'", null)]
    public void A_key_without_effect_is_told_at_the_start(string keys, string? told)
    {
        _files.Files[UserFile] = $"{{ {keys} }}".Replace('\'', '"');

        Assert.Equal(told is null ? [] : [$"{UserFile}: {told}"], Open().WithoutEffect);
    }

    [Fact]
    public void A_key_that_several_checks_refuse_is_named_once()
    {
        _files.Files[UserFile] = """{"mcp": {"x": {"type": "local", "command": "node x"}}, "permission": {"edit": "maybe"}}""";

        var mistakes = Assert.Throws<ConfigException>(() => Open()).Message.Split('\n');

        Assert.Equal("The configuration has 2 mistakes:", mistakes[0]);
        Assert.Single(mistakes, static line => line.Contains("mcp.x.command", StringComparison.Ordinal));
    }

    [Fact]
    public void Comments_and_trailing_commas_are_allowed()
    {
        _files.Files[UserFile] = """
            {
              // the model
              "model": "embedded/assistant", /* of the house */
              "server": { "event_stream": { "heartbeat_ms": 2000, }, },
            }
            """;

        var config = Open().Server;

        Assert.Equal("embedded/assistant", config.Model?.ToString());
        Assert.Equal(2_000, config.EventStream.HeartbeatMs);
    }

    [Fact]
    public void The_order_of_rules_is_kept()
    {
        _files.Files[UserFile] = """{"permission": {"zebra": "ask", "bash": {"git *": "allow", "*": "deny", "1 *": "ask"}, "edit": "allow"}}""";

        Assert.Equal(
            [
                new PermissionRule("zebra", "*", PermissionAction.Ask),
                new PermissionRule("bash", "git *", PermissionAction.Allow),
                new PermissionRule("bash", "*", PermissionAction.Deny),
                new PermissionRule("bash", "1 *", PermissionAction.Ask),
                new PermissionRule("edit", "*", PermissionAction.Allow),
            ],
            Open().Server.Permission);
    }

    [Fact]
    public void One_action_for_all_permissions_is_a_rule_for_everything()
    {
        _files.Files[UserFile] = """{"permission": "ask"}""";

        Assert.Equal([new PermissionRule("*", "*", PermissionAction.Ask)], Open().Server.Permission);
    }

    [Fact]
    public void References_to_variables_and_files_are_replaced_inside_strings_only()
    {
        _files.Variables["KEY"] = "se\"cret";
        _files.Files["/users/dev/.config/opencode/url.txt"] = "http://127.0.0.1:11434/v1\n";
        _files.Files[UserFile] = """{"provider": {"local": {"options": {"baseURL": "{file:url.txt}", "apiKey": "{env:KEY}", "headers": {"x": "a{env:NOT_SET}b"}}}}}""";

        var provider = Assert.Single(Open().Server.Providers);

        Assert.Equal(new Uri("http://127.0.0.1:11434/v1"), provider.BaseUrl);
        Assert.Equal("se\"cret", provider.ApiKey);
        Assert.Equal("ab", provider.Headers["X"]);
    }

    [Theory]
    [InlineData("OPENCODE_SERVER_PASSWORD")]
    [InlineData("OPENCODE_CLUSTER_SECRET")]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS")]
    public void A_secret_of_the_server_is_named_by_its_own_settings_alone(string name)
    {
        _files.Variables[name] = "s3cr3t";
        _files.Files["/proj/opencode.json"] = """{"agent":{"build":{"prompt":"Say {env:NAME}."}}}""".Replace("NAME", name, StringComparison.Ordinal);

        var refused = Assert.Throws<ConfigException>(Open);

        Assert.Contains($"/proj/opencode.json: agent.build.prompt: names the variable '{name}'", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_later_file_wins_key_by_key()
    {
        _files.Files[UserFile] = """{"model": "a/1", "provider": {"a": {"name": "A", "options": {"baseURL": "http://a", "apiKey": "k"}, "models": {"1": {}, "2": {}}}}, "permission": {"bash": "ask", "edit": "ask"}}""";
        _files.Variables["OPENCODE_CONFIG"] = "/etc/team.json";
        _files.Files["/etc/team.json"] = """{"provider": {"a": {"name": "B"}}, "permission": {"bash": "allow"}}""";
        _files.Files["/proj/opencode.jsonc"] = """{"model": "a/2"}""";

        var config = Open().For("/proj").Values;

        Assert.Equal("a/2", config.Model?.ToString());
        Assert.Equal(("B", "k"), (config.Providers[0].Name, config.Providers[0].ApiKey));
        Assert.Equal([new PermissionRule("bash", "*", PermissionAction.Allow), new PermissionRule("edit", "*", PermissionAction.Ask)], config.Permission);
    }

    [Fact]
    public void Every_mistake_is_listed_at_once_with_its_file_and_full_key()
    {
        _files.Files[UserFile] = """
            {"model": "llama", "provider": {"a": {"options": {"baseURL": "ftp://x"}, "models": []}}, "permission": {"bash": {"*": "perhaps"}},
             "server": {"event_stream": {"heartbeat_ms": 999, "ring_bytes": "64M"}, "limits": {"streams": 1.5}, "cluster": {"port": 0}}}
            """;
        _files.Files["/proj/opencode.json"] = """{"server": {"limits": {"streams": 1}}, "model": 3}""";

        var mistakes = Assert.Throws<ConfigException>(() => Open()).Mistakes;

        Assert.Equal(
            [
                (UserFile, "model"), (UserFile, "provider.a.options.baseURL"), (UserFile, "provider.a.models"), (UserFile, "permission.bash.*"),
                (UserFile, "server.event_stream.heartbeat_ms"), (UserFile, "server.event_stream.ring_bytes"), (UserFile, "server.limits.streams"),
                (UserFile, "server.cluster.port"), ("/proj/opencode.json", "model"), ("/proj/opencode.json", "server"),
            ],
            mistakes.Select(m => (m.Source, m.Key)));
        Assert.Contains("give 1000 to 60000 (milliseconds)", mistakes[4].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"model": "$"}""", "model")]
    [InlineData("""{"small_model": "$"}""", "small_model")]
    [InlineData("""{"agent": {"build": {"model": "$"}}}""", "agent.build.model")]
    [InlineData("""{"command": {"c": {"template": "x", "model": "$"}}}""", "command.c.model")]
    public void Half_a_models_name_is_a_mistake_wherever_it_stands_and_an_empty_one_is_none(string file, string key)
    {
        foreach (var half in new[] { "embedded", "embedded/", "/assistant", "/" })
        {
            _files.Files[UserFile] = file.Replace("$", half, StringComparison.Ordinal);
            Assert.Equal(key, Assert.Single(Assert.Throws<ConfigException>(() => Open()).Mistakes).Key);
        }

        _files.Files[UserFile] = file.Replace("$", "", StringComparison.Ordinal);
        Assert.Null(Open().For("/proj").Values.Model);
    }

    [Fact]
    public void Models_and_providers_that_cannot_be_used_are_mistakes_of_the_file_that_names_them()
    {
        _files.Files[UserFile] = """
            {"provider": {"far": {"options": {"baseURL": "http://far", "apiKey": "{env:FAR_KEY}"}, "models": {"1": {}}}, "openai": {"models": {"gpt": {}}}}}
            """;
        _files.Files["/proj/opencode.json"] = """{"model": "far/2", "small_model": "near/1", "provider": {"near": {"models": {"1": {}}}}}""";

        var mistakes = Assert.Throws<ConfigException>(() => Open()).Mistakes;

        Assert.Equal(
            [
                ("/proj/opencode.json", "model"), (UserFile, "provider.far.options.apiKey"),
                ("/proj/opencode.json", "provider.near.options.baseURL"),
            ],
            mistakes.Select(m => (m.Source, m.Key)));
        Assert.Contains("far/1", mistakes[0].Message, StringComparison.Ordinal);
        Assert.Contains("FAR_KEY", mistakes[1].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"npm": "@ai-sdk/google", "models": {"1": {}}}""", "npm", "'@ai-sdk/google'")]
    [InlineData("""{"models": {"1": {}}}""", "options.baseURL", "URL")]
    public void A_provider_that_only_opencode_can_use_does_not_stop_the_start_where_its_model_is_not_named(string provider, string key, string part)
    {
        _files.Files[UserFile] = $$$"""{"provider": {"near": {"options": {"baseURL": "http://near"}, "models": {"1": {}}}, "far": {{{provider}}}}}""";
        var said = Assert.Single(Open().WithoutEffect);
        Assert.StartsWith($"Prompts for models of 'far' are refused. {UserFile}: provider.far.{key}: ", said, StringComparison.Ordinal);
        Assert.Contains(part, said, StringComparison.Ordinal);

        _files.Files["/proj/opencode.json"] = """{"model": "far/1"}""";
        Assert.Equal((UserFile, $"provider.far.{key}"), Assert.Single(Assert.Throws<ConfigException>(() => Open()).Mistakes.Select(static m => (m.Source, m.Key))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("""{"model": "far/1"}""")]
    [InlineData("""{"small_model": "far/1"}""")]
    [InlineData("""{"agent": {"build": {"model": "far/1"}}}""")]
    [InlineData("""{"command": {"x": {"template": "x", "model": "far/1"}}}""")]
    public void A_provider_without_its_key_stops_the_start_only_where_its_model_is_named(string naming)
    {
        _files.Files[UserFile] = """
            {"provider": {"far": {"options": {"baseURL": "http://far", "apiKey": "{env:FAR_KEY}"}, "models": {"1": {}}}, "openai": {"models": {"gpt": {}}}, "near": {"options": {"baseURL": "http://near"}, "models": {"1": {}}}}}
            """;
        if (naming.Length > 0)
        {
            _files.Files["/proj/opencode.json"] = naming;
            Assert.Equal((UserFile, "provider.far.options.apiKey"), Assert.Single(Assert.Throws<ConfigException>(() => Open()).Mistakes.Select(static m => (m.Source, m.Key))));
            return;
        }

        var catalog = Open();

        Assert.Equal(2, catalog.WithoutEffect.Count);
        Assert.StartsWith($"Prompts for models of 'far' are refused. {UserFile}: provider.far.options.apiKey: names the variable FAR_KEY, which is not set", catalog.WithoutEffect[0], StringComparison.Ordinal);
        Assert.Contains("provider.openai.options.apiKey", catalog.WithoutEffect[1], StringComparison.Ordinal);
        Assert.Equal(catalog.WithoutEffect, catalog.For("/proj").Values.Providers.Select(static provider => provider.Fault).OfType<string>());
    }

    [Fact]
    public void A_model_of_a_provider_that_is_not_configured_is_a_mistake()
    {
        _files.Files[UserFile] = """{"model": "anthropic/claude"}""";

        Assert.Contains("provider.anthropic", Assert.Single(Assert.Throws<ConfigException>(() => Open()).Mistakes).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_only_opencode_has_a_use_for_is_no_mistake()
    {
        _files.Files[UserFile] = """{"provider": {"anthropic": {"options": {"apiKey": "{env:NOT_SET}"}}, "local": {"options": {"baseURL": "http://l"}, "models": {"m": {}}}}}""";

        Assert.Equal(["anthropic", "local"], Open().Server.Providers.Select(p => p.Id));
    }

    [Fact]
    public void The_last_file_that_sets_a_key_decides_whether_it_is_there()
    {
        _files.Files[UserFile] = """{"provider": {"a": {"options": {"baseURL": "http://a", "apiKey": "{env:NOT_SET}"}, "models": {"1": {}}}}}""";
        _files.Files["/proj/opencode.json"] = """{"provider": {"a": {"options": {"apiKey": "k"}}}}""";

        Assert.Empty(Open().For("/proj").Mistakes);
        Assert.Null(Open().For("/proj").Values.Providers[0].Fault);
        Assert.NotNull(Open().For("/other").Values.Providers[0].Fault);
    }

    [Fact]
    public void A_key_that_is_wrong_already_is_named_once()
    {
        _files.Files[UserFile] = """{"model": "a/1", "provider": {"a": {"options": {"baseURL": "ftp://x"}, "models": {"1": {}}}}}""";

        Assert.Equal(["provider.a.options.baseURL"], Assert.Throws<ConfigException>(() => Open()).Mistakes.Select(m => m.Key));
    }

    [Theory]
    [InlineData("{", "is not valid JSON")]
    [InlineData("[]", "is not a JSON object")]
    [InlineData("{\"model\": \"a/b\", \"model\": \"a/c\"}", "is not valid JSON")]
    public void A_file_that_is_no_JSON_object_is_named(string text, string complaint)
    {
        _files.Files[UserFile] = text;

        var mistake = Assert.Single(Assert.Throws<ConfigException>(() => Open()).Mistakes);

        Assert.Equal(UserFile, mistake.Source);
        Assert.Contains(complaint, mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_named_file_must_exist() =>
        Assert.Equal("does not exist: create it, or name another file.", Assert.Single(Assert.Throws<ConfigException>(() => ConfigCatalog.Open(_files, "/nope.json", "/proj")).Mistakes).Message);

    [Fact]
    public void Unknown_keys_are_ignored()
    {
        _files.Files[UserFile] = """{"theme": "x", "keybinds": {"a": 1}, "lsp": {"b": {"command": ["c"]}}, "server": {"port": 1, "event_stream": {"colour": "red"}}}""";

        Assert.Equal(OpenCodeConfig.Default.EventStream, Open().Server.EventStream);
    }

    private static JsonObject Json(string text) => (JsonObject)JsonNode.Parse(text)!;

    private ConfigCatalog Open() => ConfigCatalog.Open(_files, named: null, "/proj");
}
