using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OpenCode.Actors.Server.Config;
using OpenCode.Actors.Server.Models;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Tests.Server.Config;

namespace OpenCode.Actors.Tests.Server.Http;

/// <summary>Keys that clients give over HTTP, and the providers that they connect.</summary>
public sealed class ProviderKeysTests
{
    private readonly FakeProviderKeys _keys = new();
    private readonly FakeConfigSource _files;

    public ProviderKeysTests() => _files = new FakeConfigSource { Keys = _keys };

    [Fact]
    public async Task A_known_provider_is_connected_by_its_key_and_let_go_with_it()
    {
        await using var server = await StartAsync();
        Assert.Equal(("custom", false), await FindAsync(server, "anthropic"));

        Assert.Equal(200, (await server.SendAsync("PUT", "/auth/anthropic", """{"type":"api","key":"of-a-client"}""")).Status);

        Assert.Equal(("api", true), await FindAsync(server, "anthropic"));
        Assert.Equal(("custom", false), await FindAsync(server, "openai"));
        var (_, configured) = await server.SendAsync("GET", "/config/providers");
        Assert.Contains("anthropic", configured.GetProperty("providers").EnumerateArray().Select(static provider => provider.GetProperty("id").GetString()));
        Assert.DoesNotContain("of-a-client", configured.GetRawText(), StringComparison.Ordinal);
        var model = configured.GetProperty("default").GetProperty("anthropic").GetString();
        Assert.Equal(200, (await server.SendAsync("PATCH", "/config", $$"""{"model":"anthropic/{{model}}"}""")).Status);

        Assert.Equal(200, (await server.SendAsync("DELETE", "/auth/anthropic")).Status);
        Assert.Equal(("custom", false), await FindAsync(server, "anthropic"));
    }

    [Fact]
    public void A_key_of_a_client_goes_before_the_environments_and_behind_the_configurations()
    {
        _files.Variables["OPENAI_API_KEY"] = "environment";
        _files.Files["/proj/opencode.json"] = """{"provider":{"anthropic":{"options":{"apiKey":"configuration"}}}}""";
        _keys.Set("openai", "client");
        _keys.Set("anthropic", "client");
        var configs = ConfigCatalog.Open(_files, null, "/proj");

        var providers = configs.For("/proj").Values.Providers.ToDictionary(static provider => provider.Id, static provider => (provider.ApiKey, provider.Source));

        Assert.Equal(("client", "api"), providers["openai"]);
        Assert.Equal(("configuration", "config"), providers["anthropic"]);
    }

    [Fact]
    public async Task Prompts_of_a_provider_without_its_key_are_refused_by_name_until_a_client_gives_one()
    {
        _files.Files["/proj/opencode.json"] = """{"provider":{"far":{"options":{"baseURL":"http://far.invalid","apiKey":"{env:FAR_KEY}"},"models":{"1":{}}}}}""";
        await using var server = await StartAsync();
        var session = (await server.SendAsync("POST", "/session", "{}")).Body.GetProperty("id").GetString();
        const string parts = """ "parts":[{"type":"text","text":"x"}] """;

        foreach (var (route, body) in ((string, string)[])
            [("prompt_async", $$"""{"model":{"providerID":"far","modelID":"1"},{{parts}}}"""), ("message", $$"""{{{parts}}}"""), ("summarize", """{"providerID":"far","modelID":"1"}""")])
        {
            var refused = await server.SendAsync("POST", $"/session/{session}/{route}", body);

            Assert.Equal(400, refused.Status);
            Assert.Contains("FAR_KEY, which is not set", refused.Body.GetRawText(), StringComparison.Ordinal);
        }

        Assert.Equal(200, (await server.SendAsync("PUT", "/auth/far", """{"type":"api","key":"of-a-client"}""")).Status);
        Assert.Equal(204, (await server.SendAsync("POST", $"/session/{session}/prompt_async", $$"""{"model":{"providerID":"far","modelID":"1"},{{parts}}}""")).Status);
    }

    [Fact]
    public async Task A_disabled_provider_is_not_offered()
    {
        _files.Files["/proj/opencode.json"] = """{"disabled_providers":["anthropic"]}""";
        await using var server = await StartAsync();

        await server.SendAsync("PUT", "/auth/anthropic", """{"type":"api","key":"of-a-client"}""");

        Assert.Null(await FindAsync(server, "anthropic"));
        Assert.NotNull(await FindAsync(server, "openai"));
    }

    [Theory]
    [InlineData("a\\nb")]
    [InlineData("\\u00e9")]
    [InlineData("a\\u0000")]
    [InlineData(" \\n")]
    public async Task A_key_that_no_header_can_hold_is_refused(string key)
    {
        await using var server = await StartAsync();

        var (status, body) = await server.SendAsync("PUT", "/auth/anthropic", $$"""{"type":"api","key":"{{key}}"}""");

        Assert.Equal(400, status);
        Assert.Contains("ASCII", body.GetRawText(), StringComparison.Ordinal);
        Assert.Null(_keys.Find("anthropic"));
    }

    [Fact]
    public async Task The_line_end_behind_a_pasted_key_is_no_part_of_it()
    {
        await using var server = await StartAsync();

        await server.SendAsync("PUT", "/auth/anthropic", """{"type":"api","key":"pasted\r\n"}""");

        Assert.Equal("pasted", _keys.Find("anthropic"));
    }

    [Fact]
    public void Keys_that_cannot_be_read_are_a_mistake_that_is_told()
    {
        var configs = ConfigCatalog.Open(_files, null, "/proj");
        _keys.IsBroken = true;
        Assert.Equal("The keys cannot be read.", Assert.Single(configs.For("/proj").Mistakes).Message);

        _keys.IsBroken = false;
        Assert.Empty(configs.For("/proj").Mistakes);
    }

    private Task<ServerKit> StartAsync() => ServerKit.StartAsync(files: _files, services: static services => services.Replace(ServiceDescriptor.Singleton<IModelCatalog, ConfiguredModels>()));

    private static async Task<(string? Source, bool IsConnected)?> FindAsync(ServerKit server, string id)
    {
        var (_, answer) = await server.SendAsync("GET", "/provider");
        var provider = answer.GetProperty("all").EnumerateArray().SingleOrDefault(one => one.GetProperty("id").GetString() == id);
        return provider.ValueKind == JsonValueKind.Undefined
            ? null
            : (provider.GetProperty("source").GetString(), answer.GetProperty("connected").EnumerateArray().Any(one => one.GetString() == id));
    }
}
