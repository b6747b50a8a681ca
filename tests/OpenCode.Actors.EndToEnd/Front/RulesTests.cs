using System.Net;
using System.Text.Json.Nodes;
using OpenCode.Actors.EndToEnd.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Front;

/// <summary>A front asks its own clients by its own rules, and serves only under the rules that its user gave.</summary>
public sealed class RulesTests(ITestOutputHelper output) : FrontTest(output)
{
    private const int BadOption = 2;
    private const int PortTaken = 4;
    private const string Pass = "x-opencode-front";

    [Fact]
    public async Task The_front_asks_for_its_own_password_and_the_holder_for_its_own()
    {
        var (_, front) = await StartBothAsync(Setup with { Password = "of the holder" }, FrontSetup with { Password = "of the front" });
        using var wrong = new Api(front.Root, "of the holder");
        using var none = new Api(front.Root);

        await front.Api.GetAsync("/session");
        await wrong.GetAsync("/session", HttpStatusCode.Unauthorized);
        await none.GetAsync("/session", HttpStatusCode.Unauthorized);

        // What the folder says is for servers: no client of a front gets anything by it.
        using var request = new HttpRequestMessage(HttpMethod.Get, "/session");
        request.Headers.Add(Pass, HolderFile().GetProperty("secret").GetString());
        using var answer = await none.SendAsync(request);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task A_front_with_a_password_warns_of_a_holder_without_one()
    {
        var (holder, front) = await StartBothAsync(front: FrontSetup with { Password = "of the front" });

        await Eventually.TrueAsync(() => front.Log.Contains($"{holder.Root.GetLeftPart(UriPartial.Authority)} (process {holder.Id}), through which this one serves, has no password", StringComparison.Ordinal), "the warning");
    }

    [Fact]
    public async Task A_second_server_on_the_port_of_the_holder_is_told_how_to_serve_too()
    {
        var holder = await StartAsync();

        var refused = Own(ServerProcess.Spawn(FrontSetup with { Port = holder.Root.Port }));

        Assert.Equal(PortTaken, await refused.ExitAsync());
        Assert.Contains($"Port {holder.Root.Port} is taken by the opencode-actors server (process {holder.Id}) that uses this data folder", refused.Errors, StringComparison.Ordinal);
        Assert.Contains("--port 0", refused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Foreign_hosts_and_foreign_pages_are_refused_at_the_front()
    {
        var (_, front) = await StartBothAsync();

        Assert.Equal(HttpStatusCode.MisdirectedRequest, await StatusAsync(("Host", "evil.example")));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(("Origin", "https://evil.example")));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(("Sec-Fetch-Site", "cross-site")));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(("Origin", "http://localhost:3000")));

        async Task<HttpStatusCode> StatusAsync((string Name, string Value) header)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/session");
            request.Headers.TryAddWithoutValidation(header.Name, header.Value);
            using var answer = await front.Api.SendAsync(request);
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task Only_the_secret_of_the_folder_passes_the_holders_password()
    {
        var holder = await StartAsync(Setup with { Password = "of the holder" });
        var secret = HolderFile().GetProperty("secret").GetString()!;
        using var client = new Api(holder.Root);

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(secret));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(secret[1..]));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(""));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(Setup.DataFolder, "holder.json")));

        async Task<HttpStatusCode> StatusAsync(string given)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/session");
            request.Headers.TryAddWithoutValidation(Pass, given);
            using var answer = await client.SendAsync(request);
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task Without_a_password_where_the_holder_has_one_it_refuses()
    {
        var holder = await StartAsync(Setup with { Password = "top-secret" });

        var errors = await RefusedAsync(FrontSetup);

        Assert.Contains("OPENCODE_SERVER_PASSWORD", errors, StringComparison.Ordinal);
        Assert.Contains(holder.Root.GetLeftPart(UriPartial.Authority), errors, StringComparison.Ordinal);
        Assert.DoesNotContain("top-secret", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_variables_of_opencode_are_named_and_refused()
    {
        await StartAsync(Setup with { Within = ["env", "OPENCODE_ONE=value-1", "OPENCODE_TWO=value-2", "OPENCODE_CALLER=vscode"] });

        var errors = await RefusedAsync(FrontSetup with { Within = ["env", "OPENCODE_TWO=value-3", "OPENCODE_THREE=value-4"] });

        foreach (var name in (ReadOnlySpan<string>)["OPENCODE_ONE", "OPENCODE_TWO", "OPENCODE_THREE"])
            Assert.Contains(name, errors, StringComparison.Ordinal);
        Assert.DoesNotContain("OPENCODE_CALLER", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("value-", errors, StringComparison.Ordinal);
        await StartAsync(FrontSetup with { Within = ["env", "OPENCODE_ONE=value-1", "OPENCODE_TWO=value-2", "OPENCODE_PID=1"] });
    }

    [Fact]
    public async Task Another_configuration_is_named_and_refused()
    {
        var asks = new JsonObject { ["permission"] = new JsonObject { ["bash"] = "ask" } };
        await StartAsync(Setup with { Config = asks });

        var changed = await RefusedAsync(FrontSetup with { Config = new JsonObject { ["permission"] = new JsonObject { ["bash"] = "deny" } } });
        var missing = await RefusedAsync(FrontSetup);

        Assert.All(new[] { changed, missing }, errors => Assert.Contains("opencode.json", errors, StringComparison.Ordinal));
        await StartAsync(FrontSetup with { Config = asks });
    }

    private async Task<string> RefusedAsync(ServerSetup setup)
    {
        var refused = Own(ServerProcess.Spawn(setup));
        Assert.Equal(BadOption, await refused.ExitAsync());
        Assert.Equal("", refused.Output);
        return refused.Errors;
    }
}
