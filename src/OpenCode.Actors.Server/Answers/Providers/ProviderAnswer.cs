using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Server.Answers.Providers;

/// <summary>A provider as clients list it.</summary>
/// <param name="Id">Its id in the configuration.</param>
/// <param name="Name">Its name for people.</param>
/// <param name="Source">Where it is from.</param>
/// <param name="Env">The names of the variables that may hold its key.</param>
/// <param name="Options">Its options: left empty, since they hold secrets.</param>
/// <param name="Models">Its models by their ids.</param>
internal sealed record ProviderAnswer(
    string Id, string Name, string Source, IReadOnlyList<string> Env, IReadOnlyDictionary<string, string> Options, IReadOnlyDictionary<string, ModelAnswer> Models)
{
    /// <summary>Lists providers, but for those without a model.</summary>
    /// <param name="providers">The providers.</param>
    /// <param name="referenced">The texts that no client sees.</param>
    public static IReadOnlyList<ProviderAnswer> All(IEnumerable<ProviderInfo> providers, IReadOnlySet<string> referenced) => [.. providers.Where(static p => p.Models.Count > 0).Select(p => Of(p, referenced))];

    /// <summary>Names the first model of each provider, which clients take when their user has chosen none.</summary>
    public static IReadOnlyDictionary<string, string> Defaults(IReadOnlyList<ProviderAnswer> providers) =>
        providers.ToDictionary(p => p.Id, p => p.Models.Keys.First(), StringComparer.Ordinal);

    private static ProviderAnswer Of(ProviderInfo provider, IReadOnlySet<string> referenced) => new(
        provider.Id, provider.Name, provider.Source, provider.KeyVariables, ModelAnswer.Nothing, provider.Models.ToDictionary(m => m.Id, m => ModelAnswer.Of(provider, m, referenced), StringComparer.Ordinal));
}

/// <summary>Answer of <c>GET /config/providers</c>.</summary>
internal sealed record ConfiguredProviders(IReadOnlyList<ProviderAnswer> Providers, IReadOnlyDictionary<string, string> Default);

/// <summary>Answer of <c>GET /provider</c>: those that can be used, and those that wait for a key.</summary>
internal sealed record KnownProviders(IReadOnlyList<ProviderAnswer> All, IReadOnlyDictionary<string, string> Default, IReadOnlyList<string> Connected);
