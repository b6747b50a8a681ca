using System.Diagnostics.CodeAnalysis;
using OpenCode.Actors.Models.Anthropic;
using OpenCode.Actors.Models.Doors;
using OpenCode.Actors.Models.Known;
using OpenCode.Actors.Models.OpenAi;
using OpenCode.Actors.Models.Providers;
using OpenCode.Actors.Protocol.Models;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Models.Embedded;

namespace OpenCode.Actors.Models;

/// <summary>The models of <c>opencode.json</c>, and the embedded one. Owns the connections to the providers.</summary>
public sealed class ModelCatalog : IModelCatalog, IDisposable
{
    private readonly Dictionary<ModelRef, ResolvedModel> _models = [];
    private readonly ResolvedModel? _small;
    private readonly IReadOnlyList<string> _unconnected;
    private readonly IReadOnlyDictionary<string, string> _faults;
    private readonly HttpClient _http;

    /// <summary>Builds the catalog.</summary>
    /// <param name="options">The providers.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="ArgumentException">The options hold mistakes; <see cref="FindMistakes"/> lists them.</exception>
    public ModelCatalog(ModelsOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (FindMistakes(options) is { Count: > 0 } mistakes)
            throw new ArgumentException(string.Join(' ', mistakes), nameof(options));

        _http = ProviderHttp.Create(time);
        foreach (var provider in options.Providers)
        {
            foreach (var model in provider.Models)
                _models[new ModelRef(provider.Id, model.Id)] = new ResolvedModel(provider.Id, model.Id, new LazyChatModel(() => Make(provider, model, _http, time))) { Info = model, Fault = provider.Fault };
        }

        var embedded = new ResolvedModel(EmbeddedModel.ProviderId, EmbeddedModel.ModelId, new EmbeddedModel(time)) { Info = EmbeddedModel.Provider.Models[0] };
        _models[EmbeddedModel.Ref] = embedded;
        Providers = [.. options.Providers.Select(InfoOf), EmbeddedModel.Provider];
        (_unconnected, _faults) = (options.Unconnected, options.Faults);
        _small = options.SmallModel is { } small ? _models.GetValueOrDefault(small) : null;
        Default = _models[options.DefaultModel ?? (FirstOf(options.Providers.Where(static provider => provider.Fault is null)) ?? FirstOf(options.Providers) ?? EmbeddedModel.Ref)];
    }

    /// <inheritdoc/>
    public ResolvedModel Default { get; }

    /// <inheritdoc/>
    public IReadOnlyList<ProviderInfo> Providers { get; }

    /// <inheritdoc/>
    public IReadOnlyList<ProviderInfo> Unconnected => [.. _unconnected.Select(static id => InfoOf(KnownProviders.Find(id)!))];

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
            if (provider.BaseUrl is null ? ProviderApis.UrlOf(provider.Api) is null : !IsHttpUrl(provider.BaseUrl))
                mistakes.Add($"provider.{provider.Id}.options.baseURL: give the http or https URL of an API like OpenAI's, such as http://127.0.0.1:11434/v1.");
            if (provider.Timeout <= TimeSpan.Zero)
                mistakes.Add($"provider.{provider.Id}.options.timeout: give 1 or more (milliseconds).");
        }

        if (options.DefaultModel is { } name && !Knows(options, name))
            mistakes.Add($"model: '{name}' is not among the configured models. List it in provider.<id>.models.");
        return mistakes;
    }

    /// <inheritdoc/>
    public ResolvedModel? SmallFor(string providerId) =>
        _small ?? KnownProviders.SmallModelsOf(providerId).Select(id => _models.GetValueOrDefault(new ModelRef(providerId, id))).FirstOrDefault(static model => model is not null);

    /// <inheritdoc/>
    public string? FaultOf(string providerId) => _faults.GetValueOrDefault(providerId);

    /// <inheritdoc/>
    public bool TryResolve(string providerId, string modelId, [NotNullWhen(true)] out ResolvedModel? model) => _models.TryGetValue(new ModelRef(providerId, modelId), out model);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    // The packages would say what they were given: rule "Secrets stay in the server".
    private static IChatModel Make(ProviderOptions provider, ModelInfo model, HttpClient http, TimeProvider time) =>
        provider.Headers.Values.Concat(model.Headers.Values).Append(provider.ApiKey ?? "").FirstOrDefault(static value => !HeaderText.Is(value)) is not null
            ? throw new ModelException($"The key or a header of provider '{provider.Id}' has a character that no header can hold, such as a line end. Give it again without.", retryable: false)
        : provider.Fault is { } fault ? throw new ModelException(fault, retryable: false)
        : provider.Api == ProviderApi.Anthropic ? new AnthropicChatModel(provider, model, http, time)
        : new OpenAiChatModel(provider, model, http, time);

    private static ProviderInfo InfoOf(ProviderOptions provider) => new(provider.Id, provider.Name ?? provider.Id, provider.Models)
    {
        Source = provider.Source,
        KeyVariables = provider.KeyVariables,
        Npm = ProviderApis.PackageOf(provider.Api),
    };

    private static bool Knows(ModelsOptions options, ModelRef model) =>
        model == EmbeddedModel.Ref || options.Providers.Any(p => p.Id == model.ProviderId && p.Models.Any(m => m.Id == model.ModelId));

    private static ModelRef? FirstOf(IEnumerable<ProviderOptions> providers) =>
        providers.FirstOrDefault(static p => p.Models.Count > 0) is { } provider ? new ModelRef(provider.Id, provider.Models[0].Id) : null;

    private static bool IsHttpUrl(string url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";
}
