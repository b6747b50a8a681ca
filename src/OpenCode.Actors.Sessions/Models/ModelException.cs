namespace OpenCode.Actors.Sessions.Models;

/// <summary>A model could not give a reply, or not all of it.</summary>
/// <param name="message">What happened, in words a user can act on; a provider's own message where it gave one.</param>
/// <param name="retryable">Whether the same request may succeed later.</param>
/// <param name="statusCode">The HTTP status of the answer, or null when there was none.</param>
/// <param name="retryAfter">How long the provider asks to wait, or null when it does not say.</param>
/// <param name="responseHeaders">Headers of the answer, names in lower case; null when there was none.</param>
/// <param name="responseBody">Body of the answer; null when there was none.</param>
/// <param name="inner">The exception of the transport.</param>
public sealed class ModelException(
    string message,
    bool retryable,
    int? statusCode = null,
    TimeSpan? retryAfter = null,
    IReadOnlyDictionary<string, string>? responseHeaders = null,
    string? responseBody = null,
    Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>Gets a value indicating whether the same request may succeed later.</summary>
    public bool Retryable { get; } = retryable;

    /// <summary>Gets the HTTP status of the answer, or null when there was none.</summary>
    public int? StatusCode { get; } = statusCode;

    /// <summary>Gets how long the provider asks to wait, or null when it does not say.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>Gets the headers of the answer, names in lower case; null when there was none.</summary>
    public IReadOnlyDictionary<string, string>? ResponseHeaders { get; } = responseHeaders;

    /// <summary>Gets the body of the answer; null when there was none.</summary>
    public string? ResponseBody { get; } = responseBody;

    /// <summary>Gets a value indicating whether the conversation is longer than the model takes: only a shorter one can succeed.</summary>
    public bool IsContextOverflow { get; init; }
}
