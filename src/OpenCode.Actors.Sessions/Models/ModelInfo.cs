using System.Text.Json;

namespace OpenCode.Actors.Sessions.Models;

/// <summary>A provider, as clients list it.</summary>
/// <param name="Id">Its id in <c>opencode.json</c>.</param>
/// <param name="Name">Its name for people.</param>
/// <param name="Models">Its models, in the order of the configuration.</param>
public sealed record ProviderInfo(string Id, string Name, IReadOnlyList<ModelInfo> Models)
{
    /// <summary>Gets what made it available, as on the wire: <c>config</c>, <c>env</c>, <c>api</c> (a stored key) or <c>custom</c> (built in).</summary>
    public string Source { get; init; } = "custom";

    /// <summary>Gets the environment variables that may hold its key.</summary>
    public IReadOnlyList<string> KeyVariables { get; init; } = [];

    /// <summary>Gets opencode's package for its API, such as <c>@ai-sdk/openai-compatible</c>.</summary>
    public string Npm { get; init; } = "";
}

/// <summary>A model, as clients list it.</summary>
/// <param name="Id">Its id for clients: the key in <c>opencode.json</c>.</param>
/// <param name="Name">Its name for people.</param>
public sealed record ModelInfo(string Id, string Name)
{
    /// <summary>Gets its id at the provider, when that differs: key <c>id</c>.</summary>
    public string? ApiId { get; init; }

    /// <summary>Gets the line of models that it belongs to; may be empty.</summary>
    public string Family { get; init; } = "";

    /// <summary>Gets when it was released, such as <c>2026-02-17</c>; may be empty.</summary>
    public string ReleaseDate { get; init; } = "";

    /// <summary>Gets how much it takes and gives.</summary>
    public ModelLimit Limit { get; init; } = new(0, 0);

    /// <summary>Gets its prices.</summary>
    public ModelPrice Price { get; init; } = ModelPrice.Free;

    /// <summary>Gets what it can do.</summary>
    public ModelCapabilities Capabilities { get; init; } = new();

    /// <summary>Gets the options of each of its requests, as opencode's package for the provider names them.</summary>
    public IReadOnlyDictionary<string, JsonElement> Options { get; init; } = JsonObjects.Empty;

    /// <summary>Gets the headers of each of its requests. May hold secrets.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Gets the options of each variant that a prompt may name.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, JsonElement>> Variants { get; init; } =
        new Dictionary<string, IReadOnlyDictionary<string, JsonElement>>(StringComparer.Ordinal);
}

/// <summary>How many tokens a model takes and gives; 0 when that is not known.</summary>
/// <param name="Context">The whole conversation with its answer.</param>
/// <param name="Output">One answer.</param>
/// <param name="Input">The conversation without the answer; null when only <paramref name="Context"/> bounds it.</param>
public sealed record ModelLimit(long Context, long Output, long? Input = null)
{
    private const int MostOutput = 32_000; // as opencode asks for, whatever the model could give

    /// <summary>Gets the most tokens that one answer is asked to have.</summary>
    public int Answer => Output is > 0 and < MostOutput ? (int)Output : MostOutput;
}

/// <summary>Prices of a model, in US dollars for a million tokens.</summary>
/// <param name="Input">Tokens read.</param>
/// <param name="Output">Tokens written, reasoning included.</param>
/// <param name="CacheRead">Tokens read from the provider's cache.</param>
/// <param name="CacheWrite">Tokens written to the provider's cache.</param>
public sealed record ModelPrice(decimal Input, decimal Output, decimal CacheRead = 0, decimal CacheWrite = 0)
{
    private const int Million = 1_000_000;

    /// <summary>Gets the price of a model that costs nothing, or whose price is not known.</summary>
    public static ModelPrice Free { get; } = new(0, 0);

    /// <summary>Gets the prices of a step that reads more than so many tokens; null when they are the same.</summary>
    public (long TokenCount, ModelPrice Price)? Above { get; init; }

    /// <summary>Returns the cost of a step in US dollars.</summary>
    /// <param name="usage">Its usage.</param>
    public decimal Of(TokenUsage usage)
    {
        ArgumentNullException.ThrowIfNull(usage);
        if (Above is { } above && usage.Input + usage.CacheRead + usage.CacheWrite > above.TokenCount)
            return above.Price.Of(usage);

        return ((usage.Input * Input) + ((usage.Output + usage.Reasoning) * Output) + (usage.CacheRead * CacheRead) + (usage.CacheWrite * CacheWrite)) / Million;
    }
}

/// <summary>What a model can do. The defaults are those of a model that the configuration only names.</summary>
public sealed record ModelCapabilities
{
    /// <summary>Gets a value indicating whether it may be sent a temperature.</summary>
    public bool Temperature { get; init; }

    /// <summary>Gets a value indicating whether it reasons.</summary>
    public bool Reasoning { get; init; }

    /// <summary>Gets a value indicating whether clients offer to attach files.</summary>
    public bool Attachment { get; init; }

    /// <summary>Gets a value indicating whether it calls tools; one that does not is offered none.</summary>
    public bool ToolCall { get; init; } = true;

    /// <summary>Gets what it takes: <c>text</c>, <c>audio</c>, <c>image</c>, <c>video</c>, <c>pdf</c>.</summary>
    public IReadOnlyList<string> Input { get; init; } = ["text"];

    /// <summary>Gets what it gives, in the same words.</summary>
    public IReadOnlyList<string> Output { get; init; } = ["text"];

    /// <summary>Gets the field in which the provider wants to see the reasoning of earlier steps, such as <c>reasoning_content</c>; null to send none.</summary>
    public string? ReasoningField { get; init; }

    /// <summary>True if it takes a file of a type.</summary>
    /// <param name="mimeType">The type.</param>
    public bool Takes(string mimeType)
    {
        ArgumentNullException.ThrowIfNull(mimeType);
        return Input.Contains(mimeType == "application/pdf" ? "pdf" : mimeType.Split('/')[0], StringComparer.Ordinal);
    }
}
