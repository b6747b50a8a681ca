namespace OpenCode.Actors.Models.OpenAi;

/// <summary>One provider with the OpenAI chat API: Ollama, vLLM, a gateway, OpenAI.</summary>
/// <param name="Id">Its key below <c>provider</c>.</param>
/// <param name="Name">Its name for people; its id by default.</param>
/// <param name="BaseUrl"><c>options.baseURL</c>, such as <c>http://127.0.0.1:11434/v1</c>; may be left out for <c>openai</c> alone.</param>
/// <param name="ApiKey"><c>options.apiKey</c>; null for a server that wants none.</param>
/// <param name="Headers"><c>options.headers</c>: sent with each request.</param>
/// <param name="Models"><c>models</c>: id and name, in the order of the file.</param>
/// <param name="NetworkTimeout"><c>options.timeout</c>: how long the server may take to answer, and may be silent in its stream; 5 min by default.</param>
public sealed record ProviderOptions(
    string Id,
    string? Name,
    string? BaseUrl,
    string? ApiKey,
    IReadOnlyDictionary<string, string>? Headers,
    IReadOnlyList<KeyValuePair<string, string?>> Models,
    TimeSpan? NetworkTimeout = null);
