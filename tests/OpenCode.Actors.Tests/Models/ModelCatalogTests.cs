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

    private static ProviderOptions Provider(string id, params string[] models) =>
        new(id, ProviderApi.OpenAiCompatible, [.. models.Select(static m => new ModelInfo(m, m))]) { BaseUrl = "http://127.0.0.1:9/v1" };
}
