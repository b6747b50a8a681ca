using System.Text.Json.Serialization;

namespace OpenCode.Actors.Protocol.Messages;

/// <summary>What went wrong in a turn, as <c>session.error</c> and <see cref="AssistantMessage.Error"/> say it: <c>{name, data:{message, ..}}</c>.</summary>
/// <param name="Name">The kind of error; clients choose by it.</param>
/// <param name="Data">Message and details.</param>
public sealed record MessageError(string Name, MessageErrorData Data)
{
    /// <summary>The name of an abort.</summary>
    public const string AbortedName = "MessageAbortedError";

    /// <summary>The name of a provider's answer that is an error.</summary>
    public const string ApiName = "APIError";

    /// <summary>The name of everything else.</summary>
    public const string UnknownName = "UnknownError";

    /// <summary>The turn was stopped, by a client or by the end of the server.</summary>
    /// <param name="message">Why.</param>
    /// <returns>The error.</returns>
    public static MessageError MessageAborted(string message = "Aborted") => new(AbortedName, new MessageErrorData { Message = message });

    /// <summary>The provider answered with an error.</summary>
    /// <param name="message">What the provider said.</param>
    /// <param name="statusCode">The HTTP status, if it came that far.</param>
    /// <param name="isRetryable">Whether asking again may help.</param>
    /// <param name="responseHeaders">Headers of the answer; secrets removed.</param>
    /// <param name="responseBody">The answer's body.</param>
    /// <returns>The error.</returns>
    public static MessageError ApiError(
        string message,
        int? statusCode = null,
        bool isRetryable = false,
        IReadOnlyDictionary<string, string>? responseHeaders = null,
        string? responseBody = null) =>
        new(ApiName, new MessageErrorData
        {
            Message = message,
            StatusCode = statusCode,
            IsRetryable = isRetryable,
            ResponseHeaders = responseHeaders,
            ResponseBody = responseBody,
        });

    /// <summary>The conversation is longer than the model takes.</summary>
    /// <param name="message">What the provider said.</param>
    /// <param name="responseBody">The answer's body.</param>
    /// <returns>The error.</returns>
    public static MessageError ContextOverflow(string message, string? responseBody = null) =>
        new("ContextOverflowError", new MessageErrorData { Message = message, ResponseBody = responseBody });

    /// <summary>The provider's content filter took the answer.</summary>
    /// <param name="message">What to do next.</param>
    /// <returns>The error.</returns>
    public static MessageError ContentFilter(string message) => new("ContentFilterError", new MessageErrorData { Message = message });

    /// <summary>The model gave no structured output.</summary>
    /// <param name="message">What it did instead.</param>
    /// <param name="retries">How often it was asked again.</param>
    /// <returns>The error.</returns>
    public static MessageError StructuredOutput(string message, int retries) => new("StructuredOutputError", new MessageErrorData { Message = message, Retries = retries });

    /// <summary>Something else went wrong.</summary>
    /// <param name="message">What, and what to do next.</param>
    /// <returns>The error.</returns>
    public static MessageError Unknown(string message) => new(UnknownName, new MessageErrorData { Message = message });
}

/// <summary>Details of a <see cref="MessageError"/>. Which are there depends on its name.</summary>
public sealed record MessageErrorData
{
    /// <summary>Gets the text for people.</summary>
    public string? Message { get; init; }

    /// <summary>Gets the HTTP status of the provider.</summary>
    public int? StatusCode { get; init; }

    /// <summary>Gets whether asking again may help.</summary>
    public bool? IsRetryable { get; init; }

    /// <summary>Gets headers of the provider's answer.</summary>
    public IReadOnlyDictionary<string, string>? ResponseHeaders { get; init; }

    /// <summary>Gets the provider's answer.</summary>
    public string? ResponseBody { get; init; }

    /// <summary>Gets further details, such as the address that was called.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>Gets the provider whose credentials are missing.</summary>
    [JsonPropertyName("providerID")]
    public string? ProviderId { get; init; }

    /// <summary>Gets how often a structured answer was tried.</summary>
    public int? Retries { get; init; }

    /// <summary>Gets a name under which the server's log has more.</summary>
    public string? Ref { get; init; }
}
