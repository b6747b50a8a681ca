using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using OpenCode.Actors.EndToEnd.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Mcp;

/// <summary>MCP servers that list, answer, hang and die, in a real server: the turn ends rightly each time.</summary>
public sealed class McpTests(ITestOutputHelper output) : ServerTest(output)
{
    private const string Secret = "s3cr3t-t0ken";

    private FakeProvider _provider = null!;
    private ServerProcess _server = null!;
    private string _session = null!;

    private static string Script => Path.Combine(Repository.Clients.Folder, "mcp.mjs");

    [SkippableFact]
    public async Task A_turn_ends_rightly_whatever_a_process_does()
    {
        Needs.Node();
        await BeginAsync(new JsonObject
        {
            ["toy"] = Toy(),
            ["slow one"] = Toy(timeout: 10_000),
            ["bad"] = new JsonObject { ["type"] = "local", ["command"] = new JsonArray("node", Script, "refuse"), ["environment"] = new JsonObject { ["TOKEN"] = Secret } },
            ["none"] = new JsonObject { ["type"] = "local", ["command"] = new JsonArray("/no/such/program") },
            ["off"] = new JsonObject { ["type"] = "local", ["command"] = new JsonArray("node", Script), ["enabled"] = false },
        });
        var status = await _server.Api.GetAsync("/mcp");
        Assert.Equal(["connected", "connected", "failed", "failed", "disabled"], status.EnumerateObject().Select(static server => server.Value.Text("status")));
        Assert.Equal("It ended with exit code 4. It said: My token is ***.", status.Text("bad", "error"));

        // Hangs until its limit, while the rest of the test goes on.
        var other = await _server.Api.CreateSessionAsync();
        var hung = CallAsync("slow_one_hang", new { }, other);

        Assert.Equal("echo: hi", (await CallAsync("toy_echo", new { text = "hi" })).Text("output"));
        Assert.Contains("toy_odd_name_x", _provider.Offered);
        Assert.Contains("slow_one_echo", _provider.Offered);
        Assert.DoesNotContain(_provider.Offered, static name => name.StartsWith("bad_", StringComparison.Ordinal) || name.StartsWith("off_", StringComparison.Ordinal));
        Assert.Equal("odd", (await CallAsync("toy_odd_name_x", new { })).Text("output"));
        Assert.Equal("It failed on purpose.", (await CallAsync("toy_fail", new { })).Text("error"));

        var mixed = await CallAsync("toy_mixed", new { });
        Assert.Equal("one\n\ninside\n\n[Resource file:///b.txt: b]", mixed.Text("output"));
        Assert.StartsWith("data:image/png;base64,", mixed.GetProperty("attachments")[0].Text("url"), StringComparison.Ordinal);

        var cut = await CallAsync("toy_long", new { });
        Assert.True(cut.GetProperty("metadata").GetProperty("truncated").GetBoolean());
        Assert.Equal(10_000, File.ReadLines(cut.Text("metadata", "outputPath")!).Count());

        var environment = JsonDocument.Parse((await CallAsync("toy_env", new { })).Text("output")!).RootElement;
        Assert.Equal(Secret, environment.Text("TOKEN"));
        Assert.True(environment.Has("PATH"));
        Assert.False(environment.Has("OPENCODE_DISABLE_AUTOUPDATE"), "It gets the variables of this server.");

        await CallAsync("toy_grow", new { });
        await Eventually.TrueAsync(async () => (await CallAsync("toy_grown", new { })).Text("output") == "grown", "the tool that was added");

        Assert.Contains("base64", (await CallAsync("toy_garbled", new { })).Text("error"), StringComparison.Ordinal);

        // A list that has one more page for ever has an end all the same.
        await CallAsync("slow_one_swell", new { });
        await Eventually.TrueAsync(async () => (await CallAsync("slow_one_none", new { })).Text("error")!.Contains("more30", StringComparison.Ordinal), "the list that has an end");

        // An abort ends the call, and the server goes on.
        var process = await PidAsync();
        await _server.Api.PromptAsync(_session, Prompt("toy_hang", new { }), FakeProvider.Model);
        await Eventually.TrueAsync(async () => (await LastPartAsync(_session)).Text("state", "status") == "running", "the call that hangs");
        await _server.Api.PostAsync($"/session/{_session}/abort");
        await _server.Api.IdleAsync(_session);
        Assert.Equal("error", (await LastPartAsync(_session)).Text("state", "status"));
        Assert.Equal(process, await PidAsync());

        // A death fails its call alone; the next one has a new server.
        Assert.Equal("The MCP server 'toy' gave no result: It ended with exit code 3. It said: My token is ***. Call it again, or do without it.", (await CallAsync("toy_die", new { })).Text("error"));
        Assert.NotEqual(process, process = await PidAsync());

        // So does the end of its output, behind which it goes on.
        Assert.Equal("The MCP server 'toy' gave no result: It closed its output. It said: My token is ***. Call it again, or do without it.", (await CallAsync("toy_mute", new { })).Text("error"));
        await Eventually.TrueAsync(() => !Directory.Exists($"/proc/{process}"), "the end of a process that closed its output");
        Assert.Equal("echo: hi", (await CallAsync("toy_echo", new { text = "hi" })).Text("output"));

        Assert.Contains("did not answer within 10 s", (await hung).Text("error"), StringComparison.Ordinal);
        Assert.Equal("echo: on", (await CallAsync("slow_one_echo", new { text = "on" })).Text("output"));

        await PromptsAsync();
        await ResourcesAsync();
        await JudgeAsync();
        await SwitchAsync();
        var config = (await _server.Api.GetAsync("/config")).GetRawText();
        Assert.Contains("slow one", config, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, config, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, _server.Log, StringComparison.Ordinal);

        process = await PidAsync();
        await _server.KillAsync();
        await Eventually.TrueAsync(() => !Directory.Exists($"/proc/{process}"), "the end of the process of the killed server");
    }

    private async Task PromptsAsync()
    {
        var listed = (await _server.Api.GetAsync("/command")).EnumerateArray().Where(static command => command.Text("source") == "mcp").ToList();
        Assert.Equal(
            ["toy:greet|Greets.|$1,$2", "toy:odd_name_x||", "toy:refused||", "slow_one:greet|Greets.|$1,$2", "slow_one:odd_name_x||", "slow_one:refused||"],
            listed.Select(static command => $"{command.Text("name")}|{command.Text("description")}|{string.Join(',', command.GetProperty("hints").EnumerateArray())}"));

        // What the server wrote is text: its lines do not run, its files are not read, and what it names as a place stays.
        await File.WriteAllTextAsync(Path.Combine(_server.Setup.Project, "secret.txt"), "hidden");
        await File.WriteAllTextAsync(Path.Combine(_server.Setup.Project, "shown.txt"), "attached");
        var parts = await RunAsync("toy:greet", "Ann \"very kindly\" @shown.txt");
        Assert.Equal("greet {\"who\":\"Ann\",\"how\":\"very kindly @shown.txt\"}\n!`touch RAN` $1 $ARGUMENTS @secret.txt", parts[0].Text("text"));
        Assert.False(File.Exists(Path.Combine(_server.Setup.Project, "RAN")));
        Assert.Contains(parts, static part => part.Text("text")?.Contains("attached", StringComparison.Ordinal) == true);
        Assert.DoesNotContain(parts, static part => part.Text("text")?.Contains("hidden", StringComparison.Ordinal) == true);
        Assert.Contains(parts, static part => part.Text("mime") == "image/png" && part.Text("url")!.StartsWith("data:", StringComparison.Ordinal));

        Assert.Equal("odd name.x {}\n!`touch RAN` $1 $ARGUMENTS @secret.txt\n\nmore words", (await RunAsync("slow_one:odd_name_x", "more words"))[0].Text("text"));
        Assert.Contains("needs who", await RefusedAsync("toy:greet", ""), StringComparison.Ordinal);
        Assert.Contains("It is refused for ***.", await RefusedAsync("toy:refused", ""), StringComparison.Ordinal);
        Assert.Contains("there is no command 'toy:nope'", await RefusedAsync("toy:nope", ""), StringComparison.Ordinal);
        Assert.Contains("whose task is text", (await _server.Api.PostAsync($"/session/{_session}/command", new { command = "toy:greet", arguments = "x", agent = "general" }, HttpStatusCode.BadRequest)).Text("data", "message"), StringComparison.Ordinal);
        Assert.Contains("there is no command 'bad:greet'", await RefusedAsync("bad:greet", "x"), StringComparison.Ordinal);
    }

    private async Task<IReadOnlyList<JsonElement>> RunAsync(string command, string arguments)
    {
        var session = await _server.Api.CreateSessionAsync();
        await _server.Api.PostAsync($"/session/{session}/command", new { command, arguments, model = $"{FakeProvider.ProviderId}/{FakeProvider.ModelId}" });
        return [.. (await _server.Api.MessagesAsync(session))[0].GetProperty("parts").EnumerateArray()];
    }

    private async Task<string> RefusedAsync(string command, string arguments) =>
        (await _server.Api.PostAsync($"/session/{_session}/command", new { command, arguments }, HttpStatusCode.BadRequest)).Text("data", "message")!;

    private async Task ResourcesAsync()
    {
        var listed = await _server.Api.GetAsync("/experimental/resource");
        Assert.Equal(["toy:toy://notes", "toy:file:///none", "slow one:toy://notes", "slow one:file:///none"], listed.EnumerateObject().Select(static resource => resource.Name));
        Assert.Equal("""{"name":"notes","uri":"toy://notes","description":"My notes","mimeType":"text/plain","client":"toy"}""", listed.GetProperty("toy:toy://notes").GetRawText());

        var session = await _server.Api.CreateSessionAsync();
        await _server.Api.PostAsync($"/session/{session}/message", WithResource("slow one", "toy://notes"));
        var parts = (await _server.Api.MessagesAsync(session))[0].GetProperty("parts").EnumerateArray().ToList();
        Assert.Contains("the notes", parts[1].Text("text"), StringComparison.Ordinal);
        Assert.True(parts[1].GetProperty("synthetic").GetBoolean());
        Assert.StartsWith("data:image/png;base64,", parts[2].Text("url"), StringComparison.Ordinal);
        Assert.Equal(("toy://notes", "resource"), (parts[3].Text("url"), parts[3].Text("source", "type")));

        foreach (var (server, uri, reason) in new[] { ("toy", "file:///none", "There is no such resource"), ("missing", "toy://notes", "no such server"), ("bad", "toy://notes", "not connected"), ("off", "toy://notes", "switched off") })
        {
            var refused = await _server.Api.PostAsync($"/session/{session}/message", WithResource(server, uri), HttpStatusCode.BadRequest);
            Assert.Contains("parts[1].source", refused.Text("data", "message"), StringComparison.Ordinal);
            Assert.Contains(reason, refused.Text("data", "message"), StringComparison.Ordinal);
        }

        static object WithResource(string server, string uri) => new
        {
            model = FakeProvider.Model,
            parts = new object[]
            {
                new { type = "text", text = "Look at @notes" },
                new { type = "file", mime = "text/plain", filename = "notes", url = uri, source = new { type = "resource", clientName = server, uri, text = new { value = "@notes", start = 8, end = 14 } } },
            },
        };
    }

    // Rules are for the name that the model sees.
    private async Task JudgeAsync()
    {
        var judged = await _server.Api.CreateSessionAsync(new
        {
            permission = new[] { new { permission = "toy_*", pattern = "*", action = "deny" }, new { permission = "toy_echo", pattern = "*", action = "ask" } },
        });
        Assert.Contains("switched off", (await CallAsync("toy_pid", new { }, judged)).Text("error"), StringComparison.Ordinal);
        Assert.Equal(["toy_echo"], _provider.Offered.Where(static name => name.StartsWith("toy_", StringComparison.Ordinal)));

        var asked = CallAsync("toy_echo", new { text = "may I" }, judged);
        JsonElement request = default;
        await Eventually.TrueAsync(async () => (request = (await _server.Api.GetAsync("/permission")).EnumerateArray().FirstOrDefault()).ValueKind == JsonValueKind.Object, "the question");
        Assert.Equal("toy_echo", request.Text("permission"));
        await _server.Api.PostAsync($"/permission/{request.Text("id")}/reply", new { reply = "once" });
        Assert.Equal("echo: may I", (await asked).Text("output"));
    }

    [Fact]
    public async Task A_turn_ends_rightly_whatever_a_server_over_HTTP_does()
    {
        var remote = await McpTestServer.StartAsync(Secret);
        await using var first = remote;
        await BeginAsync(new JsonObject
        {
            ["far"] = Remote(remote.Url, Secret),
            ["slow"] = Remote(remote.Url, Secret, timeout: 10_000),
            ["wrong"] = Remote(remote.Url, "wr0ng-t0ken"),
        });
        var status = await _server.Api.GetAsync("/mcp");
        Assert.Equal(["connected", "connected", "failed"], status.EnumerateObject().Select(static server => server.Value.Text("status")));
        Assert.Contains("401", status.Text("wrong", "error"), StringComparison.Ordinal);
        Assert.DoesNotContain("wr0ng-t0ken", status.GetRawText(), StringComparison.Ordinal);

        Assert.Equal("echo: hi", (await CallAsync("far_echo", new { text = "hi" })).Text("output"));
        Assert.Equal(["far_echo", "far_fail", "far_hang", "slow_echo", "slow_fail", "slow_hang"], _provider.Offered.Where(static name => name.Contains('_', StringComparison.Ordinal)));
        Assert.Equal("It failed on purpose.", (await CallAsync("far_fail", new { })).Text("error"));
        Assert.Contains("did not answer within 10 s", (await CallAsync("slow_hang", new { })).Text("error"), StringComparison.Ordinal);

        await _server.Api.PromptAsync(_session, Prompt("far_hang", new { }), FakeProvider.Model);
        await Eventually.TrueAsync(() => remote.Hanging > 0, "the call that hangs");
        await _server.Api.PostAsync($"/session/{_session}/abort");
        await _server.Api.IdleAsync(_session);
        Assert.Equal("error", (await LastPartAsync(_session)).Text("state", "status"));
        await Eventually.TrueAsync(() => remote.Hanging == 0, "the server to hear of the abort");

        var dying = CallAsync("far_hang", new { });
        await Eventually.TrueAsync(() => remote.Hanging > 0, "the call that is cut");
        var port = remote.Port;
        await remote.DisposeAsync();
        Assert.StartsWith("The MCP server 'far' gave no result", (await dying).Text("error"), StringComparison.Ordinal);
        Assert.Equal("error", (await CallAsync("far_echo", new { text = "gone" })).Text("status"));

        await using var second = await McpTestServer.StartAsync(Secret, port);
        await Eventually.TrueAsync(async () => (await CallAsync("far_echo", new { text = "back" })).Text("output") == "echo: back", "the server that is back");
        Assert.DoesNotContain(Secret, _server.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("wr0ng-t0ken", _server.Log, StringComparison.Ordinal);
    }

    private static JsonObject Remote(string url, string token, int timeout = 60_000) => new()
    {
        ["type"] = "remote",
        ["url"] = url,
        ["headers"] = new JsonObject { ["Authorization"] = $"Bearer {token}" },
        ["timeout"] = timeout,
    };

    private async Task SwitchAsync()
    {
        var added = await _server.Api.PostAsync("/mcp", new { name = "extra", config = new { type = "local", command = new[] { "node", Script } } });
        Assert.Equal("connected", added.Text("extra", "status"));
        var process = await PidAsync("extra");

        Assert.Equal(JsonValueKind.True, (await _server.Api.PostAsync("/mcp/extra/disconnect")).ValueKind);
        Assert.Equal("disabled", (await _server.Api.GetAsync("/mcp")).Text("extra", "status"));
        await Eventually.TrueAsync(() => !Directory.Exists($"/proc/{process}"), "the end of a process that was switched off");
        Assert.Equal(JsonValueKind.True, (await _server.Api.PostAsync("/mcp/extra/connect")).ValueKind);
        Assert.Equal("connected", (await _server.Api.GetAsync("/mcp")).Text("extra", "status"));

        Assert.Equal("McpServerNotFoundError", (await _server.Api.PostAsync("/mcp/nope/connect", expected: HttpStatusCode.NotFound)).Text("_tag"));
        var refused = await _server.Api.PostAsync("/mcp", new { name = "o", config = new { type = "remote", url = "https://x.invalid/mcp", oauth = new { clientId = "c" } } }, HttpStatusCode.BadRequest);
        Assert.Contains("mcp.o.oauth", refused.Text("data", "message"), StringComparison.Ordinal);
        refused = await _server.Api.PostAsync("/mcp", new { name = "o", config = new { type = "local", command = "x", disabledTools = "a" } }, HttpStatusCode.BadRequest);
        Assert.Contains("disabledTools", refused.Text("data", "message"), StringComparison.Ordinal);
    }

    private async Task BeginAsync(JsonObject servers)
    {
        _provider = Own(await FakeProvider.StartAsync());
        var config = _provider.Config();
        config["mcp"] = servers;
        _server = await StartAsync(Setup with { Config = config });
        _session = await _server.Api.CreateSessionAsync();
    }

    private static JsonObject Toy(int timeout = 60_000) => new()
    {
        ["type"] = "local",
        ["command"] = new JsonArray("node", Script),
        ["environment"] = new JsonObject { ["TOKEN"] = Secret },
        ["timeout"] = timeout,
    };

    private async Task<int> PidAsync(string server = "toy") => int.Parse((await CallAsync($"{server}_pid", new { })).Text("output")!, CultureInfo.InvariantCulture);

    private static string Prompt(string tool, object input) => $"call: {tool} {JsonSerializer.Serialize(input)}";

    /// <summary>Has the model call a tool, and gives the state of its part at the end of the turn.</summary>
    private async Task<JsonElement> CallAsync(string tool, object input, string? session = null)
    {
        session ??= _session;
        await _server.Api.AskAsync(session, Prompt(tool, input), FakeProvider.Model);
        var part = await LastPartAsync(session);
        Assert.Equal(tool, part.Text("tool"));
        return part.GetProperty("state");
    }

    private async Task<JsonElement> LastPartAsync(string session) =>
        (await _server.Api.MessagesAsync(session)).SelectMany(static message => message.GetProperty("parts").EnumerateArray()).LastOrDefault(static part => part.Text("type") == "tool");
}
