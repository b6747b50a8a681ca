using System.Diagnostics.CodeAnalysis;
using OpenCode.Actors.Models.Doors;
using OpenCode.Actors.Models.OpenAi;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Models.Embedded;

namespace OpenCode.Actors.Models;

/// <summary>The models of <c>opencode.json</c>, and the embedded one. Owns the connections to the providers.</summary>
public sealed class ModelCatalog : IModelCatalog, IDisposable
{
    private const string OpenAiUrl = "https://api.openai.com/v1";

    private readonly Dictionary<(string ProviderId, string ModelId), ResolvedModel> _models = [];
    private readonly HttpClient _http = ProviderHttp.Create();

    /// <summary>Builds the catalog.</summary>
    /// <param name="options">The providers.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="ArgumentException">The options hold mistakes; <see cref="FindMistakes"/> lists them.</exception>
    public ModelCatalog(ModelsOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (FindMistakes(options) is { Count: > 0 } mistakes)
            throw new ArgumentException(string.Join(' ', mistakes), nameof(options));

        var providers = new List<ProviderInfo>();
        foreach (var provider in options.Providers.Where(static p => p.Id != EmbeddedModel.ProviderId))
        {
            var model = new OpenAiChatModel(new OpenAiProvider(provider, new Uri(provider.BaseUrl ?? OpenAiUrl)), _http, time);
            foreach (var (id, _) in provider.Models)
                _models[(provider.Id, id)] = new ResolvedModel(provider.Id, id, model);
            providers.Add(new ProviderInfo(provider.Id, provider.Name ?? provider.Id, [.. provider.Models.Select(static m => new ModelInfo(m.Key, m.Value ?? m.Key))]));
        }

        var embedded = new ResolvedModel(EmbeddedModel.ProviderId, EmbeddedModel.ModelId, new EmbeddedModel(time));
        _models[(embedded.ProviderId, embedded.ModelId)] = embedded;
        Providers = [.. providers, EmbeddedModel.Provider];
        Default = _models[Split(options.DefaultModel) ?? FirstOf(Providers)];
    }

    /// <inheritdoc/>
    public ResolvedModel Default { get; }

    /// <inheritdoc/>
    public IReadOnlyList<ProviderInfo> Providers { get; }

    /// <summary>Finds everything that is wrong with the options, each with its full key.</summary>
    /// <param name="options">The providers.</param>
    /// <returns>One sentence for each mistake; none when all is well.</returns>
    public static IReadOnlyList<string> FindMistakes(ModelsOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var mistakes = new List<string>();
        foreach (var provider in options.Providers)
        {
            if (provider.Id == EmbeddedModel.ProviderId)
                mistakes.Add($"provider.{provider.Id}: this id belongs to the embedded model; choose another.");
            if (provider.BaseUrl is null ? provider.Id != "openai" : !IsHttpUrl(provider.BaseUrl))
                mistakes.Add($"provider.{provider.Id}.options.baseURL: give the http or https URL of an API like OpenAI's, such as http://127.0.0.1:11434/v1.");
            if (provider.NetworkTimeout is { } timeout && timeout <= TimeSpan.Zero)
                mistakes.Add($"provider.{provider.Id}.options.timeout: give 1 or more (milliseconds).");
        }

        if (options.DefaultModel is { } name && (Split(name) is not { } model || !Knows(options, model)))
            mistakes.Add($"model: '{name}' is not among the configured models. Write it as provider/model and list it in provider.<id>.models.");
        return mistakes;
    }

    /// <inheritdoc/>
    public bool TryResolve(string providerId, string modelId, [NotNullWhen(true)] out ResolvedModel? model) => _models.TryGetValue((providerId, modelId), out model);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static bool Knows(ModelsOptions options, (string ProviderId, string ModelId) model) =>
        model == (EmbeddedModel.ProviderId, EmbeddedModel.ModelId)
        || options.Providers.Any(p => p.Id == model.ProviderId && p.Models.Any(m => m.Key == model.ModelId));

    private static (string ProviderId, string ModelId) FirstOf(IReadOnlyList<ProviderInfo> providers)
    {
        var provider = providers.First(static p => p.Models.Count > 0);
        return (provider.Id, provider.Models[0].Id);
    }

    // A model's id may hold slashes itself: openrouter/vendor/model.
    private static (string ProviderId, string ModelId)? Split(string? name) =>
        name?.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash ? (name[..slash], name[(slash + 1)..]) : null;

    private static bool IsHttpUrl(string url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";
}
