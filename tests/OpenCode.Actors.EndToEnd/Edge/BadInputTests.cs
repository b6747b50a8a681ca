using System.Text;
using System.Text.Json;
using OpenCode.Actors.EndToEnd.Harness;

namespace OpenCode.Actors.EndToEnd.Edge;

/// <summary>Bad input gets a 4xx that names the fault; nothing is lost, and the log is not flooded.</summary>
public sealed class BadInputTests(SharedServers servers) : IClassFixture<SharedServers>
{
    private const string Unknown = "ses_e0361f860ffeJCoQGmhGtsFB9d";
    private static readonly string[] BrokenBodies = ["{", "[1,", "nonsense", "{\"parts\":", "\"\\ud800", "{\"parts\":[}", "\0\0\0", "{\"a\":1}}"];
    private static readonly string[] BadIds = ["ses_%2e%2e%2f%2e%2e%2fetc%2fpasswd", "..%2f..%2fetc%2fpasswd", "ses_%00", "ses_", "x", "ses_%0d%0aX", "%F0%9F%98%80", "ses_" + "a1b2c3d4e5"];

    // These mean something without a body; what is there is not read.
    private static readonly string[] WithoutBody =
        ["reject", "abort", "dispose", "share", "unrevert", "connect", "disconnect", "background", "sync-list", "submit-prompt", "clear-prompt"];

    [Fact]
    public async Task Broken_bodies_get_a_400_that_says_what_is_wrong()
    {
        var (server, session) = await StartWithSessionAsync();
        foreach (var route in (await Route.AllAsync(server.Api)).Where(TakesOneByMeaning))
        {
            foreach (var body in BrokenBodies)
            {
                var answer = await SendAsync(server, route, route.PathOf(session), body);
                AssertExplained(answer, $"{route} with {body}", 400, 404);
            }
        }

        await AssertUnharmedAsync(server, session);
    }

    [Theory]
    [InlineData("POST", "/session", "{\"title\":7}")]
    [InlineData("POST", "/session", "[]")]
    [InlineData("POST", "/session", "{\"permission\":\"all\"}")]
    [InlineData("POST", "/session", "{\"parentID\":{}}")]
    [InlineData("POST", "/session/{id}/message", "{}")]
    [InlineData("POST", "/session/{id}/message", "{\"parts\":{}}")]
    [InlineData("POST", "/session/{id}/message", "{\"parts\":[7]}")]
    [InlineData("POST", "/session/{id}/message", "{\"parts\":[{}]}")]
    [InlineData("POST", "/session/{id}/message", "{\"parts\":[{\"type\":\"text\"}]}")]
    [InlineData("POST", "/session/{id}/message", "{\"parts\":[{\"type\":\"no-such-part\",\"text\":\"x\"}]}")]
    [InlineData("POST", "/session/{id}/message", "{\"parts\":[{\"type\":\"text\",\"text\":null}]}")]
    [InlineData("POST", "/session/{id}/message", "{\"parts\":[{\"type\":\"text\",\"text\":\"x\"}],\"messageID\":\"no-message-id\"}")]
    [InlineData("POST", "/session/{id}/message", "{\"parts\":[{\"type\":\"text\",\"text\":\"x\"}],\"model\":\"gpt\"}")]
    [InlineData("POST", "/session/{id}/prompt_async", "{\"parts\":null}")]
    [InlineData("POST", "/session/{id}/prompt_async", "null")]
    [InlineData("POST", "/session/{id}/shell", "{}")]
    [InlineData("POST", "/session/{id}/shell", "{\"agent\":\"build\",\"command\":[\"ls\"]}")]
    [InlineData("PATCH", "/session/{id}", "{\"title\":[]}")]
    [InlineData("PATCH", "/session/{id}", "{\"time\":{\"archived\":\"soon\"}}")]
    [InlineData("PATCH", "/config", "{\"server\":{}}")]
    [InlineData("PATCH", "/config", "{\"model\":5}")]
    [InlineData("POST", "/tui/publish", "{\"type\":\"no.such\",\"properties\":{}}")]
    [InlineData("POST", "/tui/publish", "{\"type\":\"tui.toast.show\",\"properties\":{}}")]
    [InlineData("POST", "/tui/publish", "{\"type\":\"tui.toast.show\"}")]
    [InlineData("POST", "/permission/per_1fca3ca9f0018xVx7fJNtV0iXs/reply", "{\"reply\":\"perhaps\"}")]
    [InlineData("POST", "/session/{id}/permissions/per_1fca3ca9f0018xVx7fJNtV0iXs", "{}")]
    [InlineData("POST", "/question/que_1fc9f407d001WAUe6zKHMBVb8l/reply", "{\"answers\":\"Red\"}")]
    public async Task Wrong_types_and_missing_fields_get_a_400_that_names_them(string method, string path, string body)
    {
        var (server, session) = await StartWithSessionAsync();

        var answer = await SendAsync(server, new Route(method, path), path.Replace("{id}", session, StringComparison.Ordinal), body);

        AssertExplained(answer, $"{method} {path} {body}", 400);
        await AssertUnharmedAsync(server, session);
    }

    [Fact]
    public async Task Ids_that_are_none_get_a_4xx()
    {
        var (server, session) = await StartWithSessionAsync();
        foreach (var route in (await Route.AllAsync(server.Api)).Where(HasIdOfOurs))
        {
            foreach (var id in BadIds)
                AssertExplained(await SendAsync(server, route, route.PathWith(id), Body(route)), $"{route} with {id}", 400, 403, 404); // 403: nothing is shared
        }

        await AssertUnharmedAsync(server, session);
    }

    /// <summary>Kestrel refuses these itself, before any of our code sees them.</summary>
    [Fact]
    public async Task What_is_no_request_gets_a_4xx_that_says_so()
    {
        var (server, session) = await StartWithSessionAsync();
        foreach (var (request, status) in new[]
        {
            ("GARBAGE\r\n\r\n", 400),
            ("GET /session\r\n\r\n", 400),
            ("GET /session HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
            ($"GET /session HTTP/1.1\r\nHost: {server.Root.Authority}\r\nno header\r\n\r\n", 400),
            ($"GET /session HTTP/1.1\r\nHost: {server.Root.Authority}\r\nX: {new string('x', 40_000)}\r\n\r\n", 431),
            ($"GET /{new string('x', 10_000)} HTTP/1.1\r\nHost: {server.Root.Authority}\r\n\r\n", 414),
            ($"POST /session HTTP/1.1\r\nHost: {server.Root.Authority}\r\nContent-Length: x\r\n\r\n", 400),
        })
        {
            AssertExplained(await RawHttp.SendAsync(server.Root, Encoding.Latin1.GetBytes(request)), request[..Math.Min(60, request.Length)], status);
        }

        await AssertUnharmedAsync(server, session);
    }

    [Fact]
    public async Task Unknown_sessions_get_a_404_that_names_them()
    {
        var (server, session) = await StartWithSessionAsync();
        foreach (var route in (await Route.AllAsync(server.Api)).Where(r => r.Template.StartsWith("/session/{", StringComparison.Ordinal)))
        {
            var answer = await SendAsync(server, route, route.PathOf(Unknown), Body(route));

            AssertExplained(answer, $"{route}", 404);
            Assert.Contains(route.Template.Contains("/permissions/", StringComparison.Ordinal) ? "per_" : Unknown, answer.Body, StringComparison.Ordinal);
        }

        await AssertUnharmedAsync(server, session);
    }

    [Fact]
    public async Task Unknown_routes_get_a_404_and_routes_of_opencode_a_501_that_names_them()
    {
        var (server, session) = await StartWithSessionAsync();

        AssertExplained(await RawHttp.SendAsync(server.Root, "GET", "/no/such/route"), "an unknown route", 404);
        AssertExplained(await RawHttp.SendAsync(server.Root, "DELETE", "/event"), "a method that the route has not", 404, 405);
        var unserved = await RawHttp.SendAsync(server.Root, "GET", "/pty/shells");
        AssertExplained(unserved, "GET /pty/shells", 501);
        Assert.Contains("/pty/shells", unserved.Body, StringComparison.Ordinal);
        await AssertUnharmedAsync(server, session);
    }

    [Fact]
    public async Task A_location_that_is_a_file_or_does_not_exist_is_refused_where_tools_would_start()
    {
        var (server, session) = await StartWithSessionAsync();
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "a-file");
        await File.WriteAllTextAsync(file, string.Empty);

        foreach (var location in new[] { file, Path.Combine(folder.Path, "nowhere") })
        {
            var header = $"x-opencode-directory: {Uri.EscapeDataString(location)}\r\nContent-Type: application/json\r\n";
            var answer = await RawHttp.SendAsync(server.Root, "POST", "/session", header, "{}"u8.ToArray());
            AssertExplained(answer, location, 400);
            Assert.Contains(location, answer.Body, StringComparison.Ordinal);
        }

        // The file system takes no such name.
        var unnamable = $"/{new string('n', 400)}";
        foreach (var path in (string[])["/session", "/path", "/file?path=.", $"/file/content?path={unnamable}"])
            AssertExplained(await RawHttp.SendAsync(server.Root, "GET", path + (path.Contains('?', StringComparison.Ordinal) ? '&' : '?') + "directory=" + unnamable), path, 400);

        // A folder that is gone may still have sessions to read.
        Assert.Equal(200, (await RawHttp.SendAsync(server.Root, "GET", $"/session?directory={Uri.EscapeDataString(Path.Combine(folder.Path, "nowhere"))}")).Status);

        await AssertUnharmedAsync(server, session);
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("")]
    [InlineData("zzzzzzzz.9-99999999999999999999999")]
    [InlineData("aaaaaaaa.1--5")]
    [InlineData("../../etc/passwd")]
    public async Task A_cursor_that_is_garbage_is_told_as_a_gap_by_header_and_by_query(string cursor)
    {
        var (server, _) = await StartWithSessionAsync();
        var isNone = cursor.Length == 0;

        foreach (var path in new[] { "/event", "/global/event" })
        {
            await using var byHeader = await server.ListenAsync(path, cursor);
            await byHeader.WaitForTypeAsync(isNone ? "server.connected" : "hub.gap");
            foreach (var name in new[] { "last_event_id", "lastEventId", "after" })
            {
                await using var byQuery = await server.ListenAsync($"{path}?{name}={Uri.EscapeDataString(cursor)}");
                await byQuery.WaitForTypeAsync(isNone ? "server.connected" : "hub.gap");
            }
        }
    }

    [Fact]
    public async Task Bad_lists_of_messages_get_a_400()
    {
        var (server, session) = await StartWithSessionAsync();
        AssertExplained(await RawHttp.SendAsync(server.Root, "GET", $"/session/{session}/message?before=garbage"), "a cursor that is none", 400);
        await AssertUnharmedAsync(server, session);
    }

    [Fact]
    public async Task A_thousand_mistakes_do_not_flood_the_log()
    {
        var (server, session) = await StartWithSessionAsync();
        var before = server.Log.Length;
        for (var n = 0; n < 1_000; n++)
            await RawHttp.SendAsync(server.Root, "POST", $"/session/{session}/message", body: "{"u8.ToArray());

        Assert.True(server.Log.Length - before < 20_000, $"{server.Log.Length - before} characters of log for 1,000 mistakes of clients: {server.Log[before..Math.Min(server.Log.Length, before + 2_000)]}");
    }

    // The id of a provider is any text: its key is removed where there is one. Nothing runs in the background of any session, known or not.
    private static bool HasIdOfOurs(Route route) => route.Template.Contains('{', StringComparison.Ordinal) && !route.Template.Contains("{providerID}", StringComparison.Ordinal)
        && !route.Template.EndsWith("/background", StringComparison.Ordinal);

    private static bool TakesOneByMeaning(Route route) =>
        route.TakesBody && !WithoutBody.Contains(route.Template.Split('/')[^1], StringComparer.Ordinal) && !route.Template.StartsWith("/tui/open-", StringComparison.Ordinal);

    private static string? Body(Route route) => route switch
    {
        { TakesBody: false } => null,
        _ when route.Template.EndsWith("/command", StringComparison.Ordinal) => "{\"command\":\"review\",\"arguments\":\"\"}",
        _ when route.Template.EndsWith("/part/{partID}", StringComparison.Ordinal) => PartOf(route.PathOf(Unknown).Split('/')),
        _ when route.Template.EndsWith("/summarize", StringComparison.Ordinal) => "{\"providerID\":\"p\",\"modelID\":\"m\"}",
        _ when route.Template.EndsWith("/init", StringComparison.Ordinal) => "{\"providerID\":\"p\",\"modelID\":\"m\",\"messageID\":\"msg_1fc9f407d001WAUe6zKHMBVb8l\"}",
        _ when route.Template.EndsWith("/revert", StringComparison.Ordinal) => "{\"messageID\":\"msg_1fc9f407d001WAUe6zKHMBVb8l\"}",
        _ when route.Template.EndsWith("/shell", StringComparison.Ordinal) => "{\"agent\":\"build\",\"command\":\"true\"}",
        _ when route.Template.Contains("/permissions/", StringComparison.Ordinal) => "{\"response\":\"once\"}",
        _ when route.Template.StartsWith("/permission/", StringComparison.Ordinal) => "{\"reply\":\"once\"}",
        _ when route.Template.StartsWith("/question/", StringComparison.Ordinal) => "{\"answers\":[[\"Red\"]]}",
        _ => "{\"parts\":[{\"type\":\"text\",\"text\":\"x\"}]}",
    };

    private static string PartOf(string[] path) => $"{{\"type\":\"text\",\"text\":\"x\",\"sessionID\":\"{path[2]}\",\"messageID\":\"{path[4]}\",\"id\":\"{path[6]}\"}}";

    private static Task<RawAnswer> SendAsync(ServerProcess server, Route route, string path, string? body) =>
        RawHttp.SendAsync(server.Root, route.Method, path, "Content-Type: application/json\r\n", body is null ? null : Encoding.UTF8.GetBytes(body));

    private static void AssertExplained(RawAnswer answer, string what, params int[] allowed)
    {
        Assert.True(allowed.Contains(answer.Status), $"{what}: {answer}");
        Assert.True(answer.Body.Length > 0, $"{what}: {answer.Status} without a word.");
        var body = JsonDocument.Parse(answer.Body).RootElement;
        Assert.True(body.Has("name") || body.Has("_tag"), $"{what}: not an error of this protocol: {answer.Body}");
        Assert.DoesNotContain("   at ", answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", answer.Body, StringComparison.Ordinal);
    }

    private async Task<(ServerProcess Server, string Session)> StartWithSessionAsync()
    {
        var server = await servers.GetAsync();
        return (server, await server.Api.CreateSessionAsync(new { title = "Unharmed" }));
    }

    private static async Task AssertUnharmedAsync(ServerProcess server, string session)
    {
        Assert.Equal("Unharmed", (await server.Api.GetAsync($"/session/{session}")).Text("title"));
        Assert.Empty(await server.Api.MessagesAsync(session));
        await server.Api.AskAsync(session, "hello");
    }
}
