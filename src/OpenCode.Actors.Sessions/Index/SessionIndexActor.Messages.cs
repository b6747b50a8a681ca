using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Questions;
using OpenCode.Actors.Protocol.Sessions;

namespace OpenCode.Actors.Sessions.Index;

/// <summary>A query to the index. Its answer has all that was committed before the query came.</summary>
internal interface IIndexQuery;

/// <content>The queries of the index and their answers. Any query may also be answered with <see cref="Unavailable"/>.</content>
internal sealed partial class SessionIndexActor
{
    /// <summary>Reads the info of a session without waking it; answered with <see cref="Found"/> or <see cref="SessionNotFound"/>.</summary>
    public sealed record Get(SessionId SessionId) : IIndexQuery;

    /// <summary>The session as it is committed.</summary>
    public sealed record Found(SessionEntry Entry);

    /// <summary>Lists the sessions that a query selects; answered with <see cref="Listed"/>.</summary>
    public sealed record List(SessionQuery Query) : IIndexQuery;

    /// <summary>The sessions, the last updated first.</summary>
    public sealed record Listed(IReadOnlyList<SessionEntry> Entries);

    /// <summary>Deletes a session, its children first; answered with <see cref="SessionActor.Deleted"/>, <see cref="SessionNotFound"/> or the first refusal of one of them.</summary>
    public sealed record Delete(SessionId SessionId) : IIndexQuery;

    /// <summary>Lists the status of the sessions of a directory, or of all; answered with <see cref="Statuses"/>.</summary>
    public sealed record ListStatus(string? Directory = null) : IIndexQuery;

    /// <summary>The sessions that are not idle.</summary>
    public sealed record Statuses(IReadOnlyDictionary<SessionId, SessionStatus> BySession);

    /// <summary>Lists the open permissions of a directory, or all; answered with <see cref="Permissions"/>.</summary>
    public sealed record ListPermissions(string? Directory = null) : IIndexQuery;

    /// <summary>Permissions that wait for an answer, oldest first.</summary>
    public sealed record Permissions(IReadOnlyList<PermissionRequest> Requests);

    /// <summary>Lists the open questions of a directory, or all; answered with <see cref="Questions"/>.</summary>
    public sealed record ListQuestions(string? Directory = null) : IIndexQuery;

    /// <summary>Questions that wait for an answer, oldest first.</summary>
    public sealed record Questions(IReadOnlyList<QuestionRequest> Requests);

    /// <summary>Finds the session that waits for the answer to a permission or question; answered with <see cref="AskerFound"/>.</summary>
    public sealed record FindAsker(string RequestId) : IIndexQuery;

    /// <summary>The session that waits; null when none does.</summary>
    public sealed record AskerFound(SessionId? SessionId);
}
