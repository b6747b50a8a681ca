using System.Text.Json.Serialization;
using OpenCode.Actors.Protocol.Ids;

namespace OpenCode.Actors.Protocol.Errors;

/// <summary>409: a turn is open, and what was asked for would change what it works on. Tagged as <see cref="RequestNotFoundError"/> is.</summary>
/// <param name="Tag"><c>SessionBusyError</c>.</param>
/// <param name="SessionId">The session.</param>
/// <param name="Message">The text for people.</param>
public sealed record SessionBusyError(
    [property: JsonPropertyName("_tag")] string Tag,
    [property: JsonPropertyName("sessionID")] SessionId SessionId,
    string Message)
{
    /// <summary>A turn of the session is open.</summary>
    /// <param name="id">The session.</param>
    /// <returns>The body.</returns>
    public static SessionBusyError Of(SessionId id) => new("SessionBusyError", id, $"Session {id} is busy: wait until it is idle, or abort it, then try again.");
}
