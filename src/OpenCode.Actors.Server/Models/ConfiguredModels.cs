using System.Diagnostics.CodeAnalysis;
using OpenCode.Actors.Models;
using OpenCode.Actors.Models.OpenAi;
using OpenCode.Actors.Server.Config;
using OpenCode.Actors.Server.Models.Doors;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Server.Models;

/// <summary>The models of each location's configuration. Locations that configure the same share one catalog, and with it its connections.</summary>
internal sealed class ConfiguredModels : IModelCatalog, IDisposable
{
    private const int MostCatalogs = 256;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ModelCatalog> _catalogs = new(StringComparer.Ordinal);
    private readonly ConfigCatalog _configs;
    private readonly TimeProvider _time;
    private readonly ProviderKeys? _keys;
    private readonly ModelCatalog _server;

    public ConfiguredModels(ConfigCatalog configs, TimeProvider time, ProviderKeys? keys = null)
    {
        (_configs, _time, _keys) = (configs, time, keys);
        _server = CatalogOf(configs.Server);
    }

    public ResolvedModel Default => _server.Default;

    public IReadOnlyList<ProviderInfo> Providers => _server.Providers;

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
        var options = Options(_keys?.AddTo(config) ?? config);
        var key = KeyOf(options);
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
            [.. usable.Providers.Select(p => new ProviderOptions(
                p.Id, p.Name, p.BaseUrl?.OriginalString, p.ApiKey, p.Headers, [.. p.Models.Select(m => KeyValuePair.Create(m.Id, (string?)m.Name))], p.Timeout))],
            usable.Model is { } model && usable.Knows(model) ? model : null);
    }

    // Equal for equal options, whatever objects they are in.
    private static string KeyOf(ModelsOptions options) => string.Join('\n', options.Providers
        .SelectMany(p => new[] { p.Id, p.Name, p.BaseUrl, p.ApiKey, p.NetworkTimeout?.ToString() }
            .Concat(p.Headers?.SelectMany(h => new[] { h.Key, h.Value }) ?? [])
            .Concat(p.Models.SelectMany(m => new[] { m.Key, m.Value }))
            .Append("/"))
        .Prepend(options.DefaultModel));

    private static bool IsUsable(ProviderConfig provider) => provider.BaseUrl is not null || provider.Id == ModelMistakes.OpenAi;
}
