using OpenCode.Actors.Models.Providers;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Models.Known;

/// <summary>The providers that need a key and nothing else, with some of their models. The configuration may add others and change these.</summary>
public static class KnownProviders
{
    private static readonly Lazy<IReadOnlyList<ProviderOptions>> _all = new(Make);

    /// <summary>Gets the environment variables that may hold the key of each. A start asks for no more where none is set.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> KeyVariables { get; } = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal)
    {
        ["anthropic"] = ["ANTHROPIC_API_KEY"],
        ["openai"] = ["OPENAI_API_KEY"],
    };

    /// <summary>Gets them, without keys.</summary>
    public static IReadOnlyList<ProviderOptions> All => _all.Value;

    /// <summary>Finds one.</summary>
    /// <param name="id">Its id.</param>
    /// <returns>The provider, without a key; null when it is not known.</returns>
    public static ProviderOptions? Find(string id) => All.FirstOrDefault(provider => provider.Id == id);

    /// <summary>Returns the models of a provider that are cheap and quick, the best first.</summary>
    /// <param name="id">Its id.</param>
    public static IReadOnlyList<string> SmallModelsOf(string id) => id switch
    {
        "anthropic" => ["claude-haiku-4-5"],
        "openai" => ["gpt-6-luna", "gpt-5-mini", "gpt-4.1-mini"],
        _ => [],
    };

    /// <summary>Finds the known facts of a model that the configuration names.</summary>
    /// <param name="providerId">Its provider.</param>
    /// <param name="modelId">Its id, or its id at the provider.</param>
    public static ModelInfo? Find(string providerId, string modelId) => Find(providerId)?.Models.FirstOrDefault(model => model.Id == modelId);

    private static IReadOnlyList<ProviderOptions> Make() =>
    [
        new("anthropic", ProviderApi.Anthropic, AnthropicModels.All) { Name = "Anthropic", Source = "custom", KeyVariables = KeyVariables["anthropic"] },
        new("openai", ProviderApi.OpenAi, OpenAiModels.All) { Name = "OpenAI", Source = "custom", KeyVariables = KeyVariables["openai"] },
    ];
}
