using OpenCode.Actors.Models.Providers;

namespace OpenCode.Actors.Server.Config;

/// <summary>Finds the models and providers of a configuration that cannot be used, each with its file and full key.</summary>
/// <remarks>A provider that lists no models offers nothing here and is ignored, like any key that is not ours: opencode.json also sets up providers that only opencode has.</remarks>
internal static class ModelMistakes
{
    /// <summary>Finds them all.</summary>
    /// <param name="config">All layers, merged and read.</param>
    /// <param name="layers">The layers, lowest first.</param>
    public static IReadOnlyList<ConfigMistake> Find(OpenCodeConfig config, IReadOnlyList<ConfigLayer> layers)
    {
        var mistakes = new List<ConfigMistake>();
        if (config.Model is { } model && !config.Knows(model))
        {
            var provider = model.ProviderId;
            var models = config.Providers.FirstOrDefault(p => p.Id == provider)?.Models ?? [];
            Add(
                models.Count == 0
                    ? $"'{model}' is of a provider that is not configured: give provider.{provider} an options.baseURL and its models, or take another model."
                    : $"'{model}' is not among the models of its provider: list it in provider.{provider}.models, or take one of {string.Join(", ", models.Select(m => $"{provider}/{m.Id}"))}.",
                "model");
        }

        foreach (var provider in config.Providers.Where(static provider => provider.Fault is null))
        {
            foreach (var (message, key) in Of(provider, layers))
                Add(message, key);
        }

        return mistakes;

        void Add(string message, params string[] key) => mistakes.Add(new ConfigMistake(SourceOf(key, layers), string.Join('.', key), message));
    }

    /// <summary>Gives a provider that cannot be used a fault, unless a model of it is named: then what it lacks is a mistake. As in opencode a file may list providers that a user has no key for, or that only opencode has.</summary>
    /// <param name="config">All layers, merged and read.</param>
    /// <param name="layers">The layers, lowest first.</param>
    public static OpenCodeConfig WithFaults(OpenCodeConfig config, IReadOnlyList<ConfigLayer> layers)
    {
        var named = config.Agents.Select(static agent => agent.Model).Concat(config.Commands.Select(static command => command.Model)).Append(config.Model).Append(config.SmallModel)
            .Select(static model => model?.ProviderId).ToHashSet(StringComparer.Ordinal);
        return config with { Providers = [.. config.Providers.Select(provider => named.Contains(provider.Id) ? provider : provider with { Fault = FaultOf(provider, layers) })] };
    }

    private static string? FaultOf(ProviderConfig provider, IReadOnlyList<ConfigLayer> layers) =>
        Of(provider, layers).Select(mistake => $"Prompts for models of '{provider.Id}' are refused. {SourceOf(mistake.Key, layers)}: {string.Join('.', mistake.Key)}: {mistake.Message}").FirstOrDefault();

    private static IEnumerable<(string Message, string[] Key)> Of(ProviderConfig provider, IReadOnlyList<ConfigLayer> layers)
    {
        if (provider.Models.Count == 0)
            yield break;

        if (provider.Api is not { } api)
        {
            yield return ($"'{provider.Npm}' is a package that this server has no API for: give one of {string.Join(", ", ProviderApis.Packages)}.", ["provider", provider.Id, "npm"]);
            yield break;
        }

        if (provider.BaseUrl is null && ProviderApis.UrlOf(api) is null)
            yield return ("give the http or https URL of an API like OpenAI's, such as http://127.0.0.1:11434/v1.", ["provider", provider.Id, "options", "baseURL"]);

        if (MissingKey(provider, layers) is { } missing)
            yield return (missing, ["provider", provider.Id, "options", "apiKey"]);
    }

    private static string? MissingKey(ProviderConfig provider, IReadOnlyList<ConfigLayer> layers)
    {
        if (provider.ApiKey is not null)
            return null;

        string[] key = ["provider", provider.Id, "options", "apiKey"];
        if (layers.LastOrDefault(layer => layer.Sets(key))?.Unset.GetValueOrDefault(string.Join('.', key)) is { } variable)
            return $"names the variable {variable}, which is not set: set it, or leave apiKey out if the provider wants none.";

        return provider is { BaseUrl: null, Headers.Count: 0, Api: { } api } && ProviderApis.UrlOf(api) is not null
            ? $"{provider.Name} wants one: give it, such as \"{{env:{(api == ProviderApi.Anthropic ? "ANTHROPIC" : "OPENAI")}_API_KEY}}\", or set that variable."
            : null;
    }

    // What is missing was left out by the file that has the nearest section around it.
    public static string SourceOf(string[] key, IReadOnlyList<ConfigLayer> layers)
    {
        for (var parts = key.Length; parts > 0; parts--)
        {
            if (layers.LastOrDefault(layer => layer.Sets(key.Take(parts))) is { } layer)
                return layer.Source;
        }

        return "configuration";
    }
}
