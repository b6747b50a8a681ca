using OpenCode.Actors.Server.Routes;
using OpenCode.Actors.Tests.Repository;

namespace OpenCode.Actors.Tests.Server.Http;

public sealed class UnservedRoutesTests
{
    /// <summary>The routes of opencode that are served; the list.</summary>
    private static readonly HashSet<string> Served = new(StringComparer.Ordinal)
    {
        "GET /session", "POST /session", "GET /session/{sessionID}", "PATCH /session/{sessionID}", "DELETE /session/{sessionID}", "GET /session/{sessionID}/children",
        "GET /session/{sessionID}/message", "POST /session/{sessionID}/message", "POST /session/{sessionID}/prompt_async", "POST /session/{sessionID}/abort",
        "GET /session/{sessionID}/message/{messageID}", "DELETE /session/{sessionID}/message/{messageID}", "POST /session/{sessionID}/fork", "POST /session/{sessionID}/revert", "POST /session/{sessionID}/unrevert",
        "DELETE /session/{sessionID}/message/{messageID}/part/{partID}", "PATCH /session/{sessionID}/message/{messageID}/part/{partID}",
        "POST /session/{sessionID}/shell", "POST /session/{sessionID}/summarize", "POST /session/{sessionID}/init", "POST /session/{sessionID}/command", "GET /session/status", "GET /config", "PATCH /config", "GET /agent", "GET /permission", "POST /permission/{requestID}/reply",
        "POST /session/{sessionID}/permissions/{permissionID}", "GET /question", "POST /question/{requestID}/reply", "POST /question/{requestID}/reject",
        "GET /event", "GET /global/event", "POST /instance/dispose", "POST /tui/publish", "GET /global/health",
        "GET /config/providers", "GET /provider", "GET /path", "GET /project", "GET /project/current", "GET /project/{projectID}/directories", "GET /vcs", "GET /vcs/status", "GET /vcs/diff",
        "GET /vcs/diff/raw", "GET /file/status", "GET /session/{sessionID}/todo", "GET /session/{sessionID}/diff", "GET /global/config", "GET /command", "GET /formatter", "GET /lsp", "GET /mcp",
        "POST /mcp", "POST /mcp/{name}/connect", "POST /mcp/{name}/disconnect",
        "GET /provider/auth", "GET /pty", "GET /skill", "GET /experimental/capabilities", "GET /experimental/console", "GET /experimental/console/orgs", "GET /experimental/resource",
        "GET /experimental/workspace", "GET /experimental/workspace/adapter", "GET /experimental/workspace/status", "GET /experimental/worktree", "GET /api/health", "GET /api/session",
        "GET /api/location", "GET /api/agent", "GET /api/command", "GET /api/integration", "GET /api/model", "GET /api/provider", "GET /api/reference", "GET /api/skill",
        "GET /file", "GET /file/content", "GET /find", "GET /find/file", "GET /find/symbol", "GET /api/fs/find",
        "POST /tui/open-help", "POST /tui/open-sessions", "POST /tui/open-themes", "POST /tui/open-models", "POST /tui/submit-prompt", "POST /tui/clear-prompt", "POST /tui/execute-command",
        "POST /tui/append-prompt", "POST /tui/show-toast", "POST /tui/select-session",
        "PUT /auth/{providerID}", "DELETE /auth/{providerID}", "POST /log", "GET /experimental/tool", "GET /experimental/tool/ids", "GET /experimental/session",
        "POST /session/{sessionID}/share",
        "POST /provider/{providerID}/oauth/authorize", "POST /provider/{providerID}/oauth/callback", "POST /experimental/session/{sessionID}/background",
        "POST /experimental/workspace/sync-list", "POST /experimental/console/switch", "DELETE /session/{sessionID}/share",
    };

    [Fact]
    public async Task Every_other_route_of_opencode_answers_501_and_names_itself()
    {
        await using var server = await ServerKit.StartAsync();
        foreach (var route in OpenCodeRoutes.All)
        {
            foreach (var method in route.Methods)
            {
                using var answer = await server.RespondAsync(method, string.Join('/', route.Path.Split('/').Select(s => s.StartsWith('{') || s == "*" ? "x1" : s)));
                var name = $"{method} {route.Path}";
                if (Served.Contains(name))
                {
                    Assert.NotEqual(501, (int)answer.StatusCode);
                }
                else
                {
                    Assert.Equal((name, 501), (name, (int)answer.StatusCode));
                    Assert.Contains(name, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
                }
            }
        }
    }

    [Fact]
    public void The_page_of_differences_counts_and_lists_what_is_not_served()
    {
        var page = Checkout.Read("docs/differences.md");
        var section = page[page.IndexOf("| answered with 501 |", StringComparison.Ordinal)..page.IndexOf("Of what is served, some", StringComparison.Ordinal)];
        var all = OpenCodeRoutes.All.SelectMany(static route => route.Methods.Select(method => $"{method} {route.Path}")).ToHashSet(StringComparer.Ordinal);

        Assert.Equal(
            all.Except(Served, StringComparer.Ordinal).Order(StringComparer.Ordinal),
            System.Text.RegularExpressions.Regex.Matches(section, "`([^`]+)`").Select(static match => match.Groups[1].Value).Order(StringComparer.Ordinal));
        Assert.Contains($"{all.Count} operations. {Served.Count} are served", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST", "/")]
    [InlineData("GET", "/nope")]
    [InlineData("POST", "/session/ses_1/nope")]
    [InlineData("DELETE", "/config")]
    [InlineData("PUT", "/session")]
    [InlineData("POST", "/global/health")]
    [InlineData("POST", "/metrics")]
    [InlineData("TRACE", "/event")]
    [InlineData("BREW", "/coffee")]
    public async Task An_unknown_route_is_404_in_JSON(string method, string path)
    {
        await using var server = await ServerKit.StartAsync();

        var (status, body) = await server.SendAsync(method, path);

        Assert.Equal((404, "NotFoundError"), (status, body.GetProperty("name").GetString()));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public async Task A_browser_that_is_sent_to_the_server_gets_a_page_that_says_how_to_use_it(string method)
    {
        await using var server = await ServerKit.StartAsync();

        using var answer = await server.RespondAsync(method, "/");

        Assert.Equal((200, "text/html"), ((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        if (method == "GET")
            Assert.Contains("attach ADDRESS", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://localhost:4096//session")]
    [InlineData("http://localhost:4096///session//")]
    public async Task Slashes_in_a_row_are_one(string address)
    {
        await using var server = await ServerKit.StartAsync();

        Assert.Equal(200, (await server.SendAsync("GET", address)).Status);
    }

    [Fact]
    public async Task OPTIONS_of_a_known_path_names_its_methods()
    {
        await using var server = await ServerKit.StartAsync();

        using var answer = await server.RespondAsync("OPTIONS", "/session/ses_1/message");

        Assert.Equal(204, (int)answer.StatusCode);
        Assert.Equal(["GET", "POST"], answer.Content.Headers.Allow.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("/global/health")]
    [InlineData("/config")]
    [InlineData("/session")]
    [InlineData("/event")]
    [InlineData("/global/event")]
    public async Task HEAD_is_GET_without_a_body_and_ends_at_once(string path)
    {
        await using var server = await ServerKit.StartAsync();

        using var answer = await server.RespondAsync("HEAD", path);

        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }
}
