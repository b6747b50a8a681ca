using System.Text;
using OpenCode.Actors.EndToEnd.Harness;

namespace OpenCode.Actors.EndToEnd.Edge;

/// <summary>Rule "Allowed hosts" and rule "Allowed origins": another origin, a foreign Host, a wrong password, on every route, streams included.</summary>
public sealed class StrangersTests(SharedServers servers) : IClassFixture<SharedServers>
{
    [Theory]
    [InlineData("Host: evil.example\r\n", 421)]
    [InlineData("Host: evil.example:4096\r\n", 421)]
    [InlineData("Host: localhost.evil.example\r\n", 421)]
    [InlineData("Origin: http://evil.example\r\n", 403)]
    [InlineData("Origin: null\r\n", 403)]
    [InlineData("Origin: https://localhost.evil.example\r\n", 403)]
    [InlineData("Origin: https://localhost\r\n", 403)]
    [InlineData("Origin: http://192.168.1.7\r\n", 403)]
    [InlineData("Origin: https://opencode.ai.evil.example\r\n", 403)]
    [InlineData("Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: image\r\n", 403)]
    public async Task A_stranger_is_refused_on_every_route(string headers, int expected)
    {
        var server = await servers.GetAsync();
        var before = (await server.Api.GetAsync("/session")).GetArrayLength();

        await AssertOnEveryRouteAsync(server, headers, expected);

        Assert.Equal(before + 1, (await server.Api.GetAsync("/session")).GetArrayLength()); // Only the one of the test: nothing was done for a stranger.
    }

    [Theory]
    [InlineData("")]
    [InlineData("Authorization: Basic b3BlbmNvZGU6d3Jvbmc=\r\n")] // opencode:wrong
    [InlineData("Authorization: Basic !!!\r\n")]
    [InlineData("Authorization: Bearer secret\r\n")]
    [InlineData("Authorization: Basic b3RoZXI6c2VjcmV0\r\n")] // other:secret
    public async Task Without_the_password_every_route_is_closed(string headers)
    {
        var server = await servers.GetAsync(password: "secret");

        await AssertOnEveryRouteAsync(server, headers, 401);

        var unknown = await RawHttp.SendAsync(server.Root, "GET", "/no/such/route", headers);
        Assert.Equal(401, unknown.Status);
        Assert.Contains("www-authenticate: basic realm=", unknown.Head.ToLowerInvariant(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_password_is_taken_as_basic_and_as_auth_token_and_with_it_any_host()
    {
        var server = await servers.GetAsync(password: "secret");
        var token = Convert.ToBase64String(Encoding.UTF8.GetBytes("opencode:secret"));

        Assert.Equal(200, (await RawHttp.SendAsync(server.Root, "GET", "/session", $"Authorization: Basic {token}\r\n")).Status);
        Assert.Equal(200, (await RawHttp.SendAsync(server.Root, "GET", $"/session?auth_token={Uri.EscapeDataString(token)}")).Status);
        Assert.Equal(200, (await RawHttp.SendAsync(server.Root, "GET", $"/event?auth_token={Uri.EscapeDataString(token)}")).Status);
        Assert.Equal(200, (await RawHttp.SendAsync(server.Root, "GET", "/session", $"Host: hub.example\r\nAuthorization: Basic {token}\r\n")).Status);
        Assert.Equal(204, (await RawHttp.SendAsync(server.Root, "OPTIONS", "/session", "Origin: http://localhost:3000\r\nAccess-Control-Request-Method: POST\r\n")).Status);
    }

    [Theory]
    [InlineData("Host: localhost\r\n")]
    [InlineData("Host: localhost:80\r\n")]
    [InlineData("Host: app.localhost:3000\r\n")]
    [InlineData("Host: 127.0.0.1\r\n")]
    [InlineData("Host: [::1]:4096\r\n")]
    [InlineData("Host: 10.0.0.7:4096\r\n")]
    [InlineData("Host: hub.example\r\n")]
    [InlineData("Origin: http://localhost:5173\r\n")]
    [InlineData("Origin: http://127.0.0.1\r\n")]
    [InlineData("Origin: https://app.opencode.ai\r\n")]
    [InlineData("Origin: tauri://localhost\r\n")]
    [InlineData("Origin: https://friend.example\r\n")]
    [InlineData("Sec-Fetch-Site: same-origin\r\n")]
    [InlineData("Sec-Fetch-Site: none\r\n")]
    public async Task Who_is_no_stranger_is_served(string headers)
    {
        var server = await servers.GetAsync(null, "--cors", "https://friend.example", "--allowed-host", "hub.example");

        foreach (var path in new[] { "/global/health", "/event", "/session" })
        {
            var answer = await RawHttp.SendAsync(server.Root, "GET", path, headers);

            Assert.True(answer.Status == 200, $"{path} with {headers.Trim()}: {answer}");
            if (headers.StartsWith("Origin: ", StringComparison.Ordinal))
                Assert.Contains($"access-control-allow-origin: {headers["Origin: ".Length..].Trim()}", answer.Head, StringComparison.OrdinalIgnoreCase);

            Assert.Contains("vary: origin", answer.Head, StringComparison.OrdinalIgnoreCase);
        }
    }

    private static async Task AssertOnEveryRouteAsync(ServerProcess server, string headers, int expected)
    {
        var session = await server.Api.CreateSessionAsync();
        foreach (var route in await Route.AllAsync(server.Api))
        {
            var answer = await RawHttp.SendAsync(server.Root, route.Method, route.PathOf(session), headers + "Content-Type: application/json\r\n", route.TakesBody ? "{}"u8.ToArray() : null);

            Assert.True(answer.Status == expected, $"{route} with {headers.Trim()}: {answer}");
            Assert.DoesNotContain("access-control-allow-origin", answer.Head, StringComparison.OrdinalIgnoreCase);
        }
    }
}
