using System.ClientModel;
using System.Globalization;
using System.Text.Json;
using OpenCode.Actors.Protocol.Texts;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Models.Providers;

/// <summary>Turns errors of providers and networks into <see cref="ModelException"/>s.</summary>
internal static class ProviderErrors
{
    private const int MaxShownCharacters = 300;
    private const int MaxKeptCharacters = 64 * 1024; // As of a refusal: the error stays on the message, and every client gets it.

    private static readonly string[] _overflows =
    [
        "context_length_exceeded", "maximum context length", "prompt is too long", "exceeds the context window", "exceed context limit", "exceeds the available context size", "context window exceeds",
    ];

    /// <summary>True if an exception comes from the network or a timeout. Any other is a bug of this server, and the caller's own cancellation is no failure.</summary>
    public static bool IsNetworkFailure(Exception exception, CancellationToken cancellationToken) =>
        !cancellationToken.IsCancellationRequested && exception is ClientResultException or HttpRequestException or IOException or OperationCanceledException or TimeoutException or AggregateException;

    /// <summary>Finds what <see cref="RefusalHandler"/> threw, whatever a vendor's package wrapped it in.</summary>
    public static ModelException? InnerModelException(Exception? exception)
    {
        while (exception is not (null or ModelException))
            exception = exception.InnerException;
        return (ModelException?)exception;
    }

    public static ModelException Unreachable(Uri endpoint, Exception cause) =>
        new($"No answer from {ProviderApis.Shown(endpoint)}: {Innermost(cause)}", retryable: true, inner: cause);

    public static ModelException Cut(Uri endpoint, Exception cause) =>
        new($"The stream from {ProviderApis.Shown(endpoint)} broke off: {Innermost(cause)}", retryable: true, inner: cause);

    public static ModelException Silent(Uri endpoint, TimeSpan longest, Exception cause) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{ProviderApis.Shown(endpoint)} was silent for {longest.TotalSeconds:0.#} s (provider.<id>.options.timeout)."), retryable: true, inner: cause);

    public static ModelException Incomplete() =>
        new("The model's stream ended before its answer was complete.", retryable: true);

    public static ModelException NoJson(string data, Exception cause) =>
        new($"The model's stream holds something that is no JSON: {Shorten(data)}", retryable: true, inner: cause);

    /// <summary>An error the provider reports in the middle of a stream that began well.</summary>
    public static ModelException InStream(JsonElement error)
    {
        var status = StatusIn(error);
        var body = error.GetRawText();
        var message = MessageIn(error) is { } said ? Shorten(said, MaxKeptCharacters) : Shorten(body);
        var overflow = IsContextOverflow(body);
        return new ModelException(message, !overflow && (status is null || IsRetryable(status.Value)), status, responseBody: Shorten(body, MaxKeptCharacters)) { IsContextOverflow = overflow };
    }

    public static ModelException Refused(Uri endpoint, HttpResponseMessage response, string body, DateTimeOffset now)
    {
        var status = (int)response.StatusCode;
        var headers = response.Headers.Concat(response.Content.Headers).ToDictionary(static h => h.Key.ToLowerInvariant(), static h => string.Join(", ", h.Value), StringComparer.Ordinal);
        var message = response.IsSuccessStatusCode
            ? $"{ProviderApis.Shown(endpoint)} answered with {headers.GetValueOrDefault("content-type")} instead of a stream; check options.baseURL: {Shorten(body)}"
            : MessageOf(body) ?? $"{ProviderApis.Shown(endpoint)} answered {status} {response.ReasonPhrase}: {Shorten(body)}";
        var overflow = status is 400 or 413 && IsContextOverflow(body);
        return new ModelException(message, IsRetryable(status), status, RetryAfter(headers, now), headers, body) { IsContextOverflow = overflow };
    }

    // No API has one code for it: these are the words of OpenAI, Anthropic, llama.cpp, vLLM, Ollama and OpenRouter.
    private static bool IsContextOverflow(string body) =>
        _overflows.Any(words => body.Contains(words, StringComparison.OrdinalIgnoreCase));

    private static bool IsRetryable(int status) => status is 408 or 409 or 429 or >= 500;

    // RFC 9110 10.2.3: seconds or a date. The variant in milliseconds is OpenAI's.
    private static TimeSpan? RetryAfter(Dictionary<string, string> headers, DateTimeOffset now)
    {
        if (headers.TryGetValue("retry-after-ms", out var text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var milliseconds))
            return Bounded(milliseconds / 1000);
        if (!headers.TryGetValue("retry-after", out text))
            return null;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds))
            return Bounded(seconds);
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? Bounded((date - now).TotalSeconds) : null;
    }

    private static TimeSpan? Bounded(double seconds) => seconds is >= 0 and <= 86_400 ? TimeSpan.FromSeconds(seconds) : seconds < 0 ? TimeSpan.Zero : null;

    private static string? MessageOf(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("error", out var error) ? MessageIn(error) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // {"error":{"message":…}} of OpenAI, {"error":"…"} of Ollama.
    private static string? MessageIn(JsonElement error) => error.ValueKind switch
    {
        JsonValueKind.String => JsonText.WithoutHalves(JsonText.Read(error)),
        JsonValueKind.Object when error.TryGetProperty("message", out var message) && message.ValueKind == JsonValueKind.String => JsonText.WithoutHalves(JsonText.Read(message)),
        _ => null,
    };

    // {"type":"overloaded_error"} of Anthropic is a status by name.
    private static int? StatusIn(JsonElement error) => ProviderJson.Text(error, "type") switch
    {
        "invalid_request_error" => 400,
        "authentication_error" => 401,
        "permission_error" => 403,
        "not_found_error" => 404,
        "request_too_large" => 413,
        "rate_limit_error" => 429,
        "api_error" => 500,
        "overloaded_error" => 529,
        _ => CodeIn(error),
    };

    private static int? CodeIn(JsonElement error) =>
        error.ValueKind == JsonValueKind.Object && error.TryGetProperty("code", out var code)
        && int.TryParse(code.ValueKind == JsonValueKind.String ? JsonText.Read(code) : code.GetRawText(), NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status is >= 400 and <= 599 ? status : null;

    private static string Innermost(Exception cause)
    {
        while (cause.InnerException is { } inner)
            cause = inner;
        return cause is OperationCanceledException ? "it was silent for too long." : cause.Message;
    }

    private static string Shorten(string text, int most = MaxShownCharacters) => TextCut.Start(text, most, "…");
}
