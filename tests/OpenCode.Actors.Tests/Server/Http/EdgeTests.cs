using System.Text;

namespace OpenCode.Actors.Tests.Server.Http;

/// <summary>Rule "Allowed hosts" and rule "Allowed origins" and the password, as clients meet them.</summary>
public sealed class EdgeTests
{
    public static TheoryData<string, string> SomeRoutes => new()
    {
        { "GET", "/global/health" }, { "GET", "/event" }, { "GET", "/global/event" }, { "POST", "/session" }, { "POST", "/tui/publish" }, { "GET", "/doc" },
        { "POST", "/session/ses_x/fork" }, { "GET", "/no/such/route" }, { "OPTIONS", "/session" },
    };

    [Theory]
    [MemberData(nameof(SomeRoutes))]
    public async Task A_foreign_host_is_misdirected_on_every_route(string method, string path)
    {
        await using var server = await ServerKit.StartAsync();

        using var answer = await server.RespondAsync(method, path, null, ("Host", "evil.example"));

        Assert.Equal(421, (int)answer.StatusCode);
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [MemberData(nameof(SomeRoutes))]
    public async Task A_foreign_page_is_refused_on_every_route(string method, string path)
    {
        await using var server = await ServerKit.StartAsync();

        using var foreign = await server.RespondAsync(method, path, null, ("Origin", "https://evil.example"));
        using var none = await server.RespondAsync(method, path, null, ("Origin", "null"));
        using var image = await server.RespondAsync(method, path, null, ("Sec-Fetch-Site", "cross-site"));

        Assert.Equal([403, 403, 403], new[] { foreign, none, image }.Select(r => (int)r.StatusCode));
        Assert.False(foreign.Headers.Contains("Access-Control-Allow-Origin"));
        Assert.Equal("Origin", foreign.Headers.Vary.Single());
    }

    [Fact]
    public async Task An_allowed_page_is_told_so()
    {
        await using var server = await ServerKit.StartAsync();

        using var answer = await server.RespondAsync("GET", "/global/health", null, ("Origin", "http://localhost:3000"), ("Sec-Fetch-Site", "cross-site"));

        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Equal("http://localhost:3000", answer.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Contains("X-Next-Cursor", answer.Headers.GetValues("Access-Control-Expose-Headers").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_preflight_is_answered_without_a_password()
    {
        await using var server = await ServerKit.StartAsync(s => s with { Password = "secret" });

        using var answer = await server.RespondAsync(
            "OPTIONS", "/session", null, ("Origin", "https://app.opencode.ai"), ("Access-Control-Request-Method", "PATCH"), ("Access-Control-Request-Headers", "x-opencode-directory"));

        Assert.Equal(204, (int)answer.StatusCode);
        Assert.Equal("GET, HEAD, PUT, PATCH, POST, DELETE", answer.Headers.GetValues("Access-Control-Allow-Methods").Single());
        Assert.Equal("x-opencode-directory", answer.Headers.GetValues("Access-Control-Allow-Headers").Single());
        Assert.Equal("86400", answer.Headers.GetValues("Access-Control-Max-Age").Single());
    }

    [Theory]
    [MemberData(nameof(SomeRoutes))]
    public async Task With_a_password_every_route_asks_for_it(string method, string path)
    {
        await using var server = await ServerKit.StartAsync(s => s with { Password = "secret" });

        using var answer = await server.RespondAsync(method, path);

        Assert.Equal(401, (int)answer.StatusCode);
        Assert.Equal("Basic realm=\"Secure Area\"", answer.Headers.WwwAuthenticate.ToString());
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task The_password_opens_by_header_and_by_query_under_any_host()
    {
        await using var server = await ServerKit.StartAsync(s => s with { Password = "secret" });
        var pair = Convert.ToBase64String(Encoding.UTF8.GetBytes("opencode:secret"));

        Assert.Equal(200, (await server.SendAsync("GET", "/global/health", null, ("Authorization", "Basic " + pair), ("Host", "hub.example"))).Status);
        Assert.Equal(200, (await server.SendAsync("GET", "/global/health?auth_token=" + Uri.EscapeDataString(pair))).Status);
        Assert.Equal(401, (await server.SendAsync("GET", "/global/health?auth_token=" + Uri.EscapeDataString(pair[1..]))).Status);
        Assert.Equal("UnauthorizedError", (await server.SendAsync("GET", "/api/session")).Body.GetProperty("_tag").GetString());
    }

    [Fact]
    public async Task Each_response_carries_its_own_request_id()
    {
        await using var server = await ServerKit.StartAsync();

        using var one = await server.RespondAsync("GET", "/global/health");
        using var two = await server.RespondAsync("GET", "/nope");

        Assert.NotEqual(one.Headers.GetValues("x-request-id").Single(), two.Headers.GetValues("x-request-id").Single());
    }
}
