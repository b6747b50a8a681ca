using OpenCode.Actors.Models.Known;
using OpenCode.Actors.Models.Providers;

namespace OpenCode.Actors.Server.Config;

/// <summary>Adds to the configured providers what follows from keys in the environment: their key, and the known providers that have one.</summary>
internal static class AvailableProviders
{
    public static OpenCodeConfig Complete(OpenCodeConfig config, IConfigSource environment)
    {
        var configured = config.Providers.Select(provider => WithKnown(provider with { ApiKey = provider.ApiKey ?? KeyIn(provider.KeyVariables, environment) }));
        var known = KnownProviders.All
            .Where(provider => config.Providers.All(p => p.Id != provider.Id))
            .Select(provider => new ProviderConfig(provider.Id, provider.Name!, null, KeyIn(provider.KeyVariables, environment), new Dictionary<string, string>(StringComparer.Ordinal), provider.Models, null)
            {
                Api = provider.Api,
                Npm = ProviderApis.PackageOf(provider.Api),
                KeyVariables = provider.KeyVariables,
                Source = "env",
            })
            .Where(static provider => provider.ApiKey is not null);
        return config with
        {
            Providers = [.. configured.Concat(known).Where(provider => config.EnabledProviders?.Contains(provider.Id, StringComparer.Ordinal) != false && !config.DisabledProviders.Contains(provider.Id, StringComparer.Ordinal))],
        };
    }

    // A known provider at its own address has its known models too; those of the configuration come first.
    private static ProviderConfig WithKnown(ProviderConfig provider) =>
        provider is { BaseUrl: null, ApiKey: not null } && KnownProviders.Find(provider.Id) is { } known && known.Api == provider.Api
            ? provider with { Models = [.. provider.Models, .. known.Models.Where(model => provider.Models.All(m => m.Id != model.Id))] }
            : provider;

    private static string? KeyIn(IReadOnlyList<string> variables, IConfigSource environment) =>
        variables.Select(environment.Variable).FirstOrDefault(static key => !string.IsNullOrEmpty(key));
}
