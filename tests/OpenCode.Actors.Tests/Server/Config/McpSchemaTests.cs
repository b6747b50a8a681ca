using System.Text.Json.Nodes;
using OpenCode.Actors.Server.Config;
using OpenCode.Actors.Sessions.Tools.Servers;

namespace OpenCode.Actors.Tests.Server.Config;

public sealed class McpSchemaTests
{
    private const string UserFile = "/users/dev/.config/opencode/opencode.json";
    private readonly FakeConfigSource _files = new();

    [Fact]
    public void Servers_of_both_kinds_are_read()
    {
        _files.Files["/w/opencode.json"] = """
            {"mcp": {
              "a": {"type": "local", "command": ["npx", "-y", "x"], "cwd": "sub", "environment": {"T": "1"}, "timeout": 5000},
              "b": {"type": "remote", "url": "https://h/mcp", "headers": {"Authorization": "Bearer x"}, "oauth": false, "enabled": false}
            }}
            """;

        var servers = Servers();

        var local = Assert.IsType<LocalToolServer>(servers[0]);
        Assert.Equal(["npx", "-y", "x"], local.Command);
        Assert.Equal(("sub", "1"), (local.Folder, local.Environment["T"]));
        Assert.Equal((true, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5)), (local.IsEnabled, local.ConnectTimeout, local.CallTimeout));
        var remote = Assert.IsType<RemoteToolServer>(servers[1]);
        Assert.Equal(("https://h/mcp", "Bearer x"), (remote.Url.OriginalString, remote.Headers["Authorization"]));
        Assert.Equal((false, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(60)), (remote.IsEnabled, remote.ConnectTimeout, remote.CallTimeout));
    }

    [Fact]
    public void A_location_switches_off_what_the_user_has_and_one_limit_is_for_all()
    {
        _files.Files[UserFile] = """{"mcp": {"a": {"type": "local", "command": ["x"]}}, "experimental": {"mcp_timeout": 7000}}""";
        _files.Files["/w/opencode.json"] = """{"mcp": {"a": {"enabled": false}, "none": {"enabled": true}}}""";

        var server = Assert.Single(Servers());

        Assert.Equal((false, TimeSpan.FromSeconds(7)), (server.IsEnabled, server.CallTimeout));
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData("/w/opencode.json", """{"type": "local", "command": ["y"]}""", "/w/opencode.json")]
    [InlineData("/w/.opencode/opencode.jsonc", """{"type": "local", "command": ["y"]}""", "/w/.opencode/opencode.jsonc")]
    [InlineData("/w/opencode.json", """{"environment": {"NODE_OPTIONS": "--require ./x.js"}}""", "/w/opencode.json")]
    [InlineData("/w/opencode.json", """{"enabled": true}""", "/w/opencode.json")]
    public void A_server_that_a_file_of_the_project_configures_is_known_for_it(string? file, string? server, string? known)
    {
        _files.Files[UserFile] = """{"mcp": {"a": {"type": "local", "command": ["x"]}}}""";
        if (file is not null)
            _files.Files[file] = $$"""{"mcp": {"a": {{server}} } }""";

        Assert.Equal(known, Assert.Single(Servers()).ProjectFile);
    }

    [Fact]
    public void A_server_that_a_client_adds_is_not_of_the_project()
    {
        _files.Files["/w/opencode.json"] = """{"mcp": {"a": {"type": "local", "command": ["x"]}, "b": {"type": "local", "command": ["x"]}}}""";
        var configs = ConfigCatalog.Open(_files, null, "/w");
        configs.Patch("/w", JsonNode.Parse("""{"mcp": {"a": {"type": "local", "command": ["y"]}, "b": {"enabled": true}}}""")!.AsObject());

        Assert.Equal([null, "/w/opencode.json"], configs.For("/w").Values.McpServers.Select(static server => server.ProjectFile));
    }

    [Theory]
    [InlineData("""{"type": "local"}""", "mcp.a.command")]
    [InlineData("""{"type": "local", "command": "npx x"}""", "mcp.a.command")]
    [InlineData("""{"type": "local", "command": []}""", "mcp.a.command")]
    [InlineData("""{"type": "local", "command": ["x"], "environment": {"A": 1}}""", "mcp.a.environment.A")]
    [InlineData("""{"type": "local", "command": ["x"], "timeout": 0}""", "mcp.a.timeout")]
    [InlineData("""{"type": "local", "command": ["x"], "enabled": "no"}""", "mcp.a.enabled")]
    [InlineData("""{"type": "local", "command": ["x"], "disabledTools": ["y"]}""", "mcp.a.disabledTools")]
    [InlineData("""{"type": "remote", "url": "file:///x"}""", "mcp.a.url")]
    [InlineData("""{"type": "remote", "url": "https://h", "oauth": {"clientId": "c"}}""", "mcp.a.oauth")]
    [InlineData("""{"type": "remote", "url": "https://h", "oauth": true}""", "mcp.a.oauth")]
    [InlineData("""{"type": "remote", "url": "https://h", "headers": {"A": "x\ny"}}""", "mcp.a.headers.A")]
    [InlineData("""{"type": "magic"}""", "mcp.a.type")]
    [InlineData("7", "mcp.a")]
    public void A_mistake_is_named_with_its_key(string server, string key)
    {
        _files.Files["/w/opencode.json"] = $$"""{"mcp": {"a": {{server}} } }""";

        Assert.Contains(key, Assert.Throws<ConfigException>(Servers).Mistakes.Select(static mistake => mistake.Key));
    }

    [Fact]
    public void Servers_are_alike_when_they_are_reached_alike()
    {
        ToolServerSpec one = new LocalToolServer("a", ["x", "y"]) { Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["A"] = "1", ["B"] = "2" } };

        Assert.True(one.IsLike(new LocalToolServer("a", ["x", "y"]) { Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["B"] = "2", ["A"] = "1" } }));
        Assert.False(one.IsLike(new LocalToolServer("a", ["x", "y"])));
        Assert.False(one.IsLike(one with { CallTimeout = TimeSpan.FromSeconds(1) }));
        Assert.False(one.IsLike(new RemoteToolServer("a", new Uri("http://x"))));
    }

    private IReadOnlyList<ToolServerSpec> Servers() => ConfigCatalog.Open(_files, null, "/w").For("/w").Values.McpServers;
}
