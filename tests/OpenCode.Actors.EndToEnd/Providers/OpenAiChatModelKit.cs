using OpenCode.Actors.Models;
using OpenCode.Actors.Models.Providers;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.EndToEnd.Providers;

/// <summary>The model of a provider that speaks like OpenAI, over a real connection to a scripted one.</summary>
public abstract class OpenAiChatModelKit : IAsyncLifetime
{
    private protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private protected ScriptedProvider Provider { get; private set; } = null!;

    public async Task InitializeAsync() => Provider = await ScriptedProvider.StartAsync();

    public async Task DisposeAsync() => await Provider.DisposeAsync();

    private protected static ModelRequest Prompt() => new("m1", null, [new UserTurn("hi")], []);

    private protected ResolvedModel Model(string? baseUrl = null, string? apiKey = null, IReadOnlyDictionary<string, string>? headers = null, TimeSpan? networkTimeout = null, ModelInfo? model = null) =>
        new ModelCatalog(
            new ModelsOptions([new ProviderOptions("fake", ProviderApi.OpenAiCompatible, [model ?? new ModelInfo("m1", "m1")])
            {
                BaseUrl = baseUrl ?? Provider.BaseUrl,
                ApiKey = apiKey,
                Headers = headers ?? new Dictionary<string, string>(StringComparer.Ordinal),
                Timeout = networkTimeout ?? TimeSpan.FromMinutes(1),
            }]),
            TimeProvider.System).Default;

    private protected async Task<List<ModelChunk>> AskAsync(
        ModelRequest? request = null,
        string? baseUrl = null,
        string? apiKey = null,
        IReadOnlyDictionary<string, string>? headers = null,
        TimeSpan? networkTimeout = null,
        List<ModelChunk>? into = null,
        ModelInfo? model = null)
    {
        using var patience = new CancellationTokenSource(Patience);
        var chunks = into ?? [];
        await foreach (var chunk in Model(baseUrl, apiKey, headers, networkTimeout, model).Model.StreamAsync(request ?? Prompt(), patience.Token))
            chunks.Add(chunk);
        return chunks;
    }
}
