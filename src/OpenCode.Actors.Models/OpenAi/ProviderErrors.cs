using System.ClientModel;
using System.ClientModel.Primitives;
using System.Globalization;
using System.Text.Json;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Models.OpenAi;

/// <summary>Turns what providers and networks do into <see cref="ModelException"/>s.</summary>
internal static class ProviderErrors
{
    private const int MaxShownCharacters = 300;

    /// <summary>Whether an exception is the network's fault or the timeout's: anything else is a mistake of ours, and the caller's own cancellation is no failure.</summary>
    public static bool IsNetworkFailure(Exception exception, CancellationToken cancellationToken) =>
        !cancellationToken.IsCancellationRequested && exception is ClientResultException or HttpRequestException or IOException or OperationCanceledException or TimeoutException or AggregateException;

    public static ModelException Unreachable(Uri endpoint, Exception cause) =>
        new($"No answer from {endpoint}: {Innermost(cause)}", retryable: true, inner: cause);

    public static ModelException Cut(Uri endpoint, Exception cause) =>
        new($"The stream from {endpoint} broke off: {Innermost(cause)}", retryable: true, inner: cause);

    public static ModelException Incomplete() =>
        new("The model's stream ended before its answer was complete.", retryable: true);

    public static ModelException NoJson(string data, JsonException cause) =>
        new($"The model's stream holds something that is no JSON: {Shorten(data)}", retryable: true, inner: cause);

    /// <summary>An error the provider reports in the middle of a stream that began well.</summary>
    public static ModelException InStream(JsonElement error)
    {
        var status = StatusIn(error);
        return new ModelException(MessageIn(error) ?? Shorten(error.GetRawText()), status is null || IsRetryable(status.Value), status, responseBody: error.GetRawText());
    }

    /// <summary>Whether a successful answer is certainly not the stream that was asked for.</summary>
    public static bool IsNoStream(PipelineResponse response) =>
        response.Headers.TryGetValue("content-type", out var type) && (type!.StartsWith("text/html", StringComparison.OrdinalIgnoreCase) || type.StartsWith("application/json", StringComparison.OrdinalIgnoreCase));

    public static ModelException Refused(Uri endpoint, PipelineResponse response, string body, DateTimeOffset now)
    {
        var headers = response.Headers.ToDictionary(static h => h.Key.ToLowerInvariant(), static h => h.Value, StringComparer.Ordinal);
        var message = !response.IsError
            ? $"{endpoint} answered with {headers.GetValueOrDefault("content-type")} instead of a stream; check options.baseURL: {Shorten(body)}"
            : MessageOf(body) ?? $"{endpoint} answered {response.Status} {response.ReasonPhrase}: {Shorten(body)}";
        return new ModelException(message, IsRetryable(response.Status), response.Status, RetryAfter(headers, now), headers, body);
    }

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

    private static int? StatusIn(JsonElement error) =>
        error.ValueKind == JsonValueKind.Object && error.TryGetProperty("code", out var code)
        && int.TryParse(code.ValueKind == JsonValueKind.String ? JsonText.Read(code) : code.GetRawText(), NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status is >= 400 and <= 599 ? status : null;

    private static string Innermost(Exception cause)
    {
        while (cause.InnerException is { } inner)
            cause = inner;
        return cause is OperationCanceledException ? "it was silent for too long." : cause.Message;
    }

    // Half an emoji could not be stored or sent.
    private static string Shorten(string text) =>
        text.Length <= MaxShownCharacters ? text : $"{text[..(char.IsHighSurrogate(text[MaxShownCharacters - 1]) ? MaxShownCharacters - 1 : MaxShownCharacters)]}…";
}
