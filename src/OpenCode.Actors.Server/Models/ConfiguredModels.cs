using System.Diagnostics.CodeAnalysis;
using OpenCode.Actors.Models;
using OpenCode.Actors.Models.Known;
using OpenCode.Actors.Models.Providers;
using OpenCode.Actors.Server.Config;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Models.Embedded;

namespace OpenCode.Actors.Server.Models;

/// <summary>The models of each location's configuration. Locations that configure the same share one catalog, and with it its connections.</summary>
internal sealed class ConfiguredModels : IModelCatalog, IDisposable
{
    private const int MostCatalogs = 256;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ModelCatalog> _catalogs = new(StringComparer.Ordinal);
    private readonly ConfigCatalog _configs;
    private readonly TimeProvider _time;
    private readonly ModelCatalog _server;

    public ConfiguredModels(ConfigCatalog configs, TimeProvider time)
    {
        (_configs, _time) = (configs, time);
        _server = CatalogOf(configs.Server);
    }

    public ResolvedModel Default => _server.Default;

    public IReadOnlyList<ProviderInfo> Providers => _server.Providers;

    public IReadOnlyList<ProviderInfo> Unconnected => _server.Unconnected;

    public IModelCatalog For(string directory)
    {
        try
        {
            var config = _configs.For(directory);
            var catalog = CatalogOf(config.Values);
            return config.Mistakes.Count == 0 ? catalog : new FaultyModels(catalog, new ConfigException(config.Mistakes).Message);
        }
        catch (ConfigException e)
        {
            return new FaultyModels(_server, e.Message); // a turn under way goes on with what the server has
        }
    }

    public ResolvedModel? SmallFor(string providerId) => _server.SmallFor(providerId);

    public string? FaultOf(string providerId) => _server.FaultOf(providerId);

    public bool TryResolve(string providerId, string modelId, [NotNullWhen(true)] out ResolvedModel? model) => _server.TryResolve(providerId, modelId, out model);

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var catalog in _catalogs.Values)
                catalog.Dispose();
        }
    }

    private ModelCatalog CatalogOf(OpenCodeConfig config)
    {
        var options = Options(config);
        var key = ModelsKey.Of(options);
        lock (_lock)
        {
            if (_catalogs.TryGetValue(key, out var catalog))
                return catalog;

            if (_catalogs.Count >= MostCatalogs)
                _catalogs.Clear(); // runs under way keep theirs

            return _catalogs[key] = new ModelCatalog(options, _time);
        }
    }

    // A provider without a URL lists no models, or is one of the mistakes that prompts are refused with.
    private static ModelsOptions Options(OpenCodeConfig config)
    {
        var usable = config with { Providers = [.. config.Providers.Where(IsUsable)] };
        return new ModelsOptions(
            [.. usable.Providers.Select(static p => new ProviderOptions(p.Id, p.Api!.Value, p.Models)
            {
                Name = p.Name,
                BaseUrl = p.BaseUrl?.OriginalString,
                ApiKey = p.ApiKey,
                Headers = p.Headers,
                Timeout = p.Timeout ?? TimeSpan.FromMinutes(5),
                Source = p.Source,
                KeyVariables = p.KeyVariables,
                Fault = p.Fault,
            })],
            usable.Model is { } model && usable.Knows(model) ? model : null)
        {
            SmallModel = config.SmallModel,
            Faults = config.Providers.Where(static provider => provider.Fault is not null && !IsUsable(provider)).ToDictionary(static provider => provider.Id, static provider => provider.Fault!, StringComparer.Ordinal),
            Unconnected = [.. KnownProviders.KeyVariables.Keys.Where(id => config.Allows(id) && config.Providers.All(p => p.Id != id))],
        };
    }

    private static bool IsUsable(ProviderConfig provider) =>
        provider is { Id: not EmbeddedModel.ProviderId, Api: { } api } && (provider.BaseUrl is not null || ProviderApis.UrlOf(api) is not null) && (provider.Models.Count > 0 || provider.BaseUrl is not null);
}
