using OpenCode.Actors.EndToEnd.Harness;

namespace OpenCode.Actors.EndToEnd.Edge;

/// <summary>A route that the server itself says it serves: out of <c>GET /doc</c>, so that a new one meets every test of the edge without being named there.</summary>
/// <param name="Method">GET, POST, PATCH, DELETE.</param>
/// <param name="Template">Path with placeholders in braces.</param>
internal sealed record Route(string Method, string Template)
{
    /// <summary>Gets a value indicating whether it answers with an event stream, which does not end by itself.</summary>
    public bool IsStream => Method == "GET" && Template.EndsWith("/event", StringComparison.Ordinal);

    public bool TakesBody => Method is "POST" or "PATCH";

    /// <summary>Lists the served routes, and asserts that those of the issue are among them.</summary>
    public static async Task<IReadOnlyList<Route>> AllAsync(Api api)
    {
        var routes = (await api.GetAsync("/doc")).GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(method => new Route(method.Name.ToUpperInvariant(), path.Name)))
            .Where(route => route.Method is "GET" or "POST" or "PATCH" or "DELETE" or "PUT").Append(new Route("GET", "/doc")).ToList();
        Assert.All(OfTheIssue, wanted => Assert.Contains(routes, r => $"{r.Method} {Anonymous(r.Template)}" == wanted));
        return routes;
    }

    /// <summary>Fills every placeholder with the given value.</summary>
    public string PathWith(string value) => string.Join('/', Template.Split('/').Select(s => s.StartsWith('{') ? value : s));

    /// <summary>Fills placeholders with ids that look right: of the session given, and of messages, parts and requests that do not exist.</summary>
    public string PathOf(string session) => string.Join('/', Template.Split('/').Select((segment, n) => (segment.StartsWith('{'), Template.Split('/')[n - (n > 0 ? 1 : 0)]) switch
    {
        (false, _) => segment,
        (true, "session") => session,
        (true, "message") => "msg_1fc9f407d001WAUe6zKHMBVb8l",
        (true, "part") => "prt_1fc9f407d001WAUe6zKHMBVb8l",
        (true, "question") => "que_1fc9f407d001WAUe6zKHMBVb8l",
        (true, _) => "per_1fca3ca9f0018xVx7fJNtV0iXs",
    }));

    public override string ToString() => $"{Method} {Template}";

    private static string Anonymous(string template) => string.Join('/', template.Split('/').Select(s => s.StartsWith('{') ? "{}" : s));

    private static readonly string[] OfTheIssue =
    [
        "POST /session", "GET /session", "GET /session/{}", "PATCH /session/{}", "DELETE /session/{}", "GET /session/{}/children", "POST /session/{}/message",
        "POST /session/{}/prompt_async", "GET /session/{}/message", "POST /session/{}/abort", "POST /session/{}/shell", "GET /session/status", "GET /config", "PATCH /config",
        "GET /agent", "GET /permission", "POST /permission/{}/reply", "POST /session/{}/permissions/{}", "GET /question", "POST /question/{}/reply", "POST /question/{}/reject",
        "GET /event", "GET /global/event", "GET /session/{}/event", "POST /instance/dispose", "POST /tui/publish", "GET /global/health", "GET /health/live", "GET /metrics", "GET /doc",
    ];
}
