using OpenCode.Actors.Models;
using OpenCode.Actors.Models.Providers;
using OpenCode.Actors.Protocol.Models;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Models.Embedded;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Models;

public sealed class ModelCatalogTests
{
    [Fact]
    public void Without_providers_the_embedded_model_is_the_default()
    {
        using var catalog = new ModelCatalog(ModelsOptions.None, new VirtualTime());

        Assert.Equal(("embedded", "assistant"), (catalog.Default.ProviderId, catalog.Default.ModelId));
        Assert.IsType<EmbeddedModel>(catalog.Default.Model);
        Assert.Equal("embedded", Assert.Single(catalog.Providers).Id);
    }

    [Fact]
    public void The_first_configured_model_is_the_default_and_the_embedded_one_stays()
    {
        using var catalog = new ModelCatalog(new ModelsOptions([Provider("empty"), Provider("router", "vendor/large", "small")]), new VirtualTime());

        Assert.Equal(("router", "vendor/large"), (catalog.Default.ProviderId, catalog.Default.ModelId));
        Assert.True(catalog.TryResolve("router", "small", out _));
        Assert.True(catalog.TryResolve("embedded", "assistant", out _));
        Assert.False(catalog.TryResolve("router", "huge", out _));
        Assert.Equal(["empty", "router", "embedded"], catalog.Providers.Select(p => p.Id));
    }

    [Theory]
    [InlineData("router", "small")]
    [InlineData("router", "vendor/large")]
    [InlineData("embedded", "assistant")]
    public void The_named_model_is_the_default(string provider, string model)
    {
        using var catalog = new ModelCatalog(new ModelsOptions([Provider("router", "vendor/large", "small")], new ModelRef(provider, model)), new VirtualTime());

        Assert.Equal((provider, model), (catalog.Default.ProviderId, catalog.Default.ModelId));
    }

    [Fact]
    public void Every_mistake_is_named_with_its_key()
    {
        var mistakes = ModelCatalog.FindMistakes(new ModelsOptions(
            [Provider("embedded"), Provider("a") with { BaseUrl = null }, Provider("b") with { BaseUrl = "ftp://x" }, Provider("c") with { Timeout = TimeSpan.Zero }], new ModelRef("no", "where")));

        Assert.Equal(
            ["provider.embedded", "provider.a.options.baseURL", "provider.b.options.baseURL", "provider.c.options.timeout", "model"],
            mistakes.Select(m => m[..m.IndexOf(": ", StringComparison.Ordinal)]));
    }

    [Theory]
    [InlineData(ProviderApi.OpenAiCompatible, "s3cr3t\n", "v")]
    [InlineData(ProviderApi.Anthropic, "s3cr3t\r\nX: y", "v")]
    [InlineData(ProviderApi.Anthropic, "s3cr3té", "v")]
    [InlineData(ProviderApi.OpenAiCompatible, "key", "s3cr3t\0")]
    public async Task A_key_that_no_header_can_hold_is_refused_and_not_shown(ProviderApi api, string key, string header)
    {
        var provider = Provider("a", "m") with { Api = api, ApiKey = key, Headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["x-h"] = header } };
        using var catalog = new ModelCatalog(new ModelsOptions([provider]), new VirtualTime());

        var error = await Assert.ThrowsAsync<ModelException>(async () =>
        {
            await foreach (var _ in catalog.Default.Model.StreamAsync(new ModelRequest("m", null, [new UserTurn("hi")], []), CancellationToken.None))
                continue;
        });

        Assert.Contains("'a'", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", error.ToString(), StringComparison.Ordinal);
        Assert.False(error.Retryable);
    }

    private static ProviderOptions Provider(string id, params string[] models) =>
        new(id, ProviderApi.OpenAiCompatible, [.. models.Select(static m => new ModelInfo(m, m))]) { BaseUrl = "http://127.0.0.1:9/v1" };
}
