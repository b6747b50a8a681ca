using OpenCode.Actors.Models.Known;
using OpenCode.Actors.Models.Providers;

namespace OpenCode.Actors.Server.Config;

/// <summary>Adds keys of clients and of the environment to the configured providers, and the known providers that have such a key.</summary>
internal static class AvailableProviders
{
    public static OpenCodeConfig Complete(OpenCodeConfig config, IConfigSource environment)
    {
        var configured = config.Providers.Select(provider => WithKnown(provider with { ApiKey = provider.ApiKey ?? Key(provider.Id, provider.KeyVariables).Key }));
        var known = new List<ProviderConfig>();
        foreach (var (id, variables) in KnownProviders.KeyVariables)
        {
            if (config.Providers.All(p => p.Id != id) && Key(id, variables) is (Key: { } key, var source))
                known.Add(Provider(KnownProviders.Find(id)!, key, source));
        }

        return config with { Providers = [.. configured.Concat(known).Where(provider => config.Allows(provider.Id))] };

        // As in opencode a key that a client gave goes before the environment's.
        (string? Key, string Source) Key(string id, IReadOnlyList<string> variables) => environment.StoredKey(id) is { } stored ? (stored, "api") : (KeyIn(variables, environment), "env");
    }

    private static ProviderConfig Provider(ProviderOptions known, string key, string source) =>
        new(known.Id, known.Name!, null, key, new Dictionary<string, string>(StringComparer.Ordinal), known.Models, null)
        {
            Api = known.Api,
            Npm = ProviderApis.PackageOf(known.Api),
            KeyVariables = known.KeyVariables,
            Source = source,
        };

    // A known provider at its own address has its known models too; those of the configuration come first.
    private static ProviderConfig WithKnown(ProviderConfig provider) =>
        provider is { BaseUrl: null, ApiKey: not null } && KnownProviders.Find(provider.Id) is { } known && known.Api == provider.Api
            ? provider with { Models = [.. provider.Models, .. known.Models.Where(model => provider.Models.All(m => m.Id != model.Id))] }
            : provider;

    private static string? KeyIn(IReadOnlyList<string> variables, IConfigSource environment) =>
        variables.Select(environment.Variable).FirstOrDefault(static key => !string.IsNullOrEmpty(key));
}
