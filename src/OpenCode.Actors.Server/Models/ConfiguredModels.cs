using System.Diagnostics.CodeAnalysis;
using OpenCode.Actors.Models;
using OpenCode.Actors.Server.Config;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Server.Models;

/// <summary>The models of each location's configuration. Locations that configure the same share one catalog, and with it its connections.</summary>
internal sealed partial class ConfiguredModels : IModelCatalog, IDisposable
{
    private const int MostCatalogs = 256;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ModelCatalog> _catalogs = new(StringComparer.Ordinal);
    private readonly ConfigCatalog _configs;
    private readonly TimeProvider _time;
    private readonly ILogger<ConfiguredModels> _logger;
    private readonly ModelCatalog _server;

    public ConfiguredModels(ConfigCatalog configs, TimeProvider time, ILogger<ConfiguredModels> logger)
    {
        (_configs, _time, _logger) = (configs, time, logger);
        _server = CatalogOf(configs.Server);
    }

    public ResolvedModel Default => _server.Default;

    public IReadOnlyList<ProviderInfo> Providers => _server.Providers;

    public IModelCatalog For(string directory)
    {
        try
        {
            return CatalogOf(_configs.For(directory).Values);
        }
        catch (ConfigException)
        {
            return _server; // the file was broken meanwhile; prompts are refused with its mistakes
        }
    }

    public bool TryResolve(string providerId, string modelId, [NotNullWhen(true)] out ResolvedModel? model) => _server.TryResolve(providerId, modelId, out model);

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var catalog in _catalogs.Values)
            {
                catalog.Dispose();
            }
        }
    }

    private ModelCatalog CatalogOf(OpenCodeConfig config)
    {
        var options = Options(config);
        var key = KeyOf(options);
        lock (_lock)
        {
            if (_catalogs.TryGetValue(key, out var catalog))
            {
                return catalog;
            }

            if (_catalogs.Count >= MostCatalogs)
            {
                _catalogs.Clear(); // runs under way keep theirs
            }

            LogLeftOut(config, options);
            return _catalogs[key] = new ModelCatalog(options, _time);
        }
    }

    // A real opencode.json names providers that opencode knows by itself and we do not. They are left out, not refused: the file is not ours alone.
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

    private static bool IsUsable(ProviderConfig provider) => provider.BaseUrl is not null || provider.Id == "openai";

    private void LogLeftOut(OpenCodeConfig config, ModelsOptions options)
    {
        foreach (var provider in config.Providers.Where(p => !IsUsable(p)))
        {
            LogProviderLeftOut(_logger, provider.Id);
        }

        if (config.Model is { } model && options.DefaultModel is null)
        {
            LogModelUnknown(_logger, model);
        }
    }

    [LoggerMessage(EventId = 5020, Level = LogLevel.Warning, Message = "provider.{Provider} has no options.baseURL; it is left out. Give the URL of an API like OpenAI's.")]
    private static partial void LogProviderLeftOut(ILogger logger, string provider);

    [LoggerMessage(EventId = 5021, Level = LogLevel.Warning, Message = "model: '{Model}' is not among the configured models; the default is used. List it in provider.ID.models.")]
    private static partial void LogModelUnknown(ILogger logger, string model);
}
