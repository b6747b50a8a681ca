using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Models.Providers;

/// <summary>One provider: its address, its API and its models.</summary>
/// <param name="Id">Its key below <c>provider</c>.</param>
/// <param name="Api">Which API it has: key <c>npm</c>.</param>
/// <param name="Models"><c>models</c>, in the order of the file.</param>
public sealed record ProviderOptions(string Id, ProviderApi Api, IReadOnlyList<ModelInfo> Models)
{
    /// <summary>Gets its name for people; its id by default.</summary>
    public string? Name { get; init; }

    /// <summary>Gets <c>options.baseURL</c>, such as <c>http://127.0.0.1:11434/v1</c>; null for the API's own address.</summary>
    public string? BaseUrl { get; init; }

    /// <summary>Gets <c>options.apiKey</c>; null for a server that wants none. A secret.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Gets <c>options.headers</c>: sent with each request. May hold secrets.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Gets <c>options.timeout</c>: how long the server may take to answer, and may be silent in its stream.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Gets what made it available, as <see cref="ProviderInfo.Source"/> says it.</summary>
    public string Source { get; init; } = "config";

    /// <summary>Gets the environment variables that may hold its key.</summary>
    public IReadOnlyList<string> KeyVariables { get; init; } = [];

    /// <summary>Gets why its models cannot be used; null when they can.</summary>
    public string? Fault { get; init; }
}

/// <summary>The APIs of providers.</summary>
public enum ProviderApi
{
    /// <summary>OpenAI's chat completions as other servers speak them: <c>@ai-sdk/openai-compatible</c>.</summary>
    OpenAiCompatible,

    /// <summary>OpenAI's chat completions as OpenAI speaks them: <c>@ai-sdk/openai</c>.</summary>
    OpenAi,

    /// <summary>Anthropic's messages: <c>@ai-sdk/anthropic</c>.</summary>
    Anthropic,
}
