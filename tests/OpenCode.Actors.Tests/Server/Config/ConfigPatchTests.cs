using System.Text.Json.Nodes;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Server.Config;

namespace OpenCode.Actors.Tests.Server.Config;

/// <summary>The configuration that clients change and see.</summary>
public sealed class ConfigPatchTests
{
    private static readonly System.Text.Json.JsonSerializerOptions _plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private const string UserFile = "/users/dev/.config/opencode/opencode.json";
    private readonly FakeConfigSource _files = new();

    [Fact]
    public void A_patch_holds_for_its_location_only_and_for_later_patches_to_build_on()
    {
        _files.Files[UserFile] = """{"provider": {"a": {"options": {"baseURL": "http://a"}, "models": {"1": {}, "2": {}}}}}""";
        var catalog = Open();

        catalog.Patch("/proj", Json("""{"model": "a/1", "permission": {"bash": "ask"}}"""));
        catalog.Patch("/proj", Json("""{"model": "a/2"}"""));

        Assert.Equal("a/2", catalog.For("/proj").Values.Model?.ToString());
        Assert.Single(catalog.For("/proj").Values.Permission);
        Assert.Null(catalog.For("/other").Values.Model);
    }

    [Fact]
    public void A_patch_with_mistakes_changes_nothing_and_lists_them_all()
    {
        var catalog = Open();

        var mistakes = Assert.Throws<ConfigException>(() => catalog.Patch("/proj", Json("""{"model": "x", "server": {}, "permission": 7}"""))).Mistakes;

        Assert.Equal(["model", "permission", "server"], mistakes.Select(m => m.Key));
        Assert.Null(catalog.For("/proj").Values.Model);
    }

    [Fact]
    public void A_patch_names_a_model_that_is_there()
    {
        Assert.Equal("model", Assert.Single(Assert.Throws<ConfigException>(() => Open().Patch("/proj", Json("""{"model": "no/such"}"""))).Mistakes).Key);
        Assert.Equal("embedded/assistant", Open().Patch("/proj", Json("""{"model": "embedded/assistant"}""")).Values.Model?.ToString());
    }

    [Fact]
    public void References_in_a_patch_are_not_replaced()
    {
        _files.Variables["HOME_KEY"] = "secret";

        var config = Open().Patch("/proj", Json("""{"provider": {"a": {"name": "{env:HOME_KEY}", "options": {"apiKey": "{file:/etc/passwd}"}}}}""")).Values;

        Assert.Equal(("{env:HOME_KEY}", "{file:/etc/passwd}"), (config.Providers[0].Name, config.Providers[0].ApiKey));
    }

    [Fact]
    public void The_view_shows_what_holds_and_no_secret()
    {
        _files.Files[UserFile] = """
            {"model": "a/1", "theme": "x", "mcp": {"m": {"type": "local", "command": ["npx", "secret6"], "environment": {"TOKEN": "secret1"}}, "r": {"type": "remote", "url": "http://secret7:secret8@host/mcp?key=secret9", "headers": {"A": "secret10"}}},
             "provider": {"a": {"options": {"baseURL": "https://user:secret2@host/v1?key=secret6", "apiKey": "secret3", "headers": {"Authorization": "secret4"}, "token": "secret5"}, "models": {"1": {}}}}}
            """;

        var view = ConfigView.Of(Open().For("/proj"));

        Assert.Equal("a/1", (string?)view["model"]);
        Assert.Equal("https://host/v1", (string?)view["provider"]!["a"]!["options"]!["baseURL"]);
        Assert.Equal(10_000, (int?)view["server"]!["event_stream"]!["heartbeat_ms"]);
        Assert.Equal("""{"m":{"type":"local","command":["npx"],"enabled":true},"r":{"type":"remote","url":"http://host/mcp","enabled":true}}""", view["mcp"]!.ToJsonString());
        Assert.DoesNotContain("secret", view.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_view_shows_commands_agents_and_modes_of_all_places_as_the_real_server_does()
    {
        _files.Files[UserFile] = """
            {"agent": {"jagent": {"prompt": "ja", "description": "json", "mode": "subagent", "extra": {"level": 2}, "temperature": 0.2}, "build": {"color": "#ff0000"}},
             "mode": {"jmode": {"prompt": "jm", "tools": {"bash": false}}}, "command": {"jcmd": {"template": "say $1", "description": "jd", "subtask": true, "agent": "general"}}}
            """;
        _files.Files["/proj/.opencode/agent/md.md"] = "---\ndescription: an agent\nmode: subagent\n---\nYou are md.\n";
        _files.Files["/proj/.opencode/mode/mdmode.md"] = "---\ndescription: a mode\n---\nYou are mdmode.\n";
        _files.Files["/proj/.opencode/command/run.md"] = "---\ndescription: runs\n---\nRun $ARGUMENTS\n";

        var view = ConfigView.Of(Open().For("/proj"));

        Assert.Equal("""{"jcmd":{"template":"say $1","description":"jd","agent":"general","subtask":true},"run":{"template":"Run $ARGUMENTS","description":"runs"}}""", view["command"]!.ToJsonString(_plain));
        Assert.Equal("""{"jmode":{"prompt":"jm","options":{},"permission":{"bash":{"*":"deny"}}}}""", view["mode"]!.ToJsonString(_plain));
        var agents = (JsonObject)view["agent"]!;
        Assert.Equal(["build", "jagent", "jmode", "md", "mdmode"], agents.Select(static agent => agent.Key).Order(StringComparer.Ordinal));
        Assert.Equal("""{"temperature":0.2,"prompt":"ja","description":"json","mode":"subagent","options":{"extra":{"level":2}},"permission":{}}""", agents["jagent"]!.ToJsonString(_plain));
        Assert.Equal("""{"prompt":"jm","mode":"primary","options":{},"permission":{"bash":{"*":"deny"}}}""", agents["jmode"]!.ToJsonString(_plain));
        Assert.Equal("""{"prompt":"You are mdmode.","description":"a mode","mode":"primary","options":{},"permission":{}}""", agents["mdmode"]!.ToJsonString(_plain));
        Assert.Equal("""{"color":"#ff0000","options":{},"permission":{}}""", agents["build"]!.ToJsonString(_plain));
    }

    private static JsonObject Json(string text) => (JsonObject)JsonNode.Parse(text)!;

    private ConfigCatalog Open() => ConfigCatalog.Open(_files, named: null, "/proj");
}
