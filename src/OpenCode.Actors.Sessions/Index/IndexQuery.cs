using OpenCode.Actors.Protocol.Events;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Commands;

namespace OpenCode.Actors.Sessions.Index;

/// <summary>A query to the index. Its answer includes all that was committed before the query.</summary>
internal interface IIndexQuery;

/// <summary>The queries to the index of all sessions, and their answers. Any query may also be answered with <see cref="Unavailable"/>.</summary>
internal static class IndexQuery
{
    /// <summary>Reads the info of a session without waking it; answered with <see cref="Found"/> or <see cref="SessionNotFound"/>.</summary>
    public sealed record Get(SessionId SessionId) : IIndexQuery;

    /// <summary>The session as it is committed.</summary>
    public sealed record Found(SessionEntry Entry);

    /// <summary>Lists the sessions that a query selects; answered with <see cref="Listed"/>.</summary>
    public sealed record List(SessionQuery Query) : IIndexQuery;

    /// <summary>The sessions, the last updated first.</summary>
    public sealed record Listed(IReadOnlyList<SessionEntry> Entries);

    /// <summary>Deletes a session with its children; two deletions of one session are one. Answered with <see cref="Deleted"/>, <see cref="SessionNotFound"/> or the first refusal of one of them.</summary>
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

    /// <summary>Gets how far the index has followed the log, which is all that was committed before; answered with <see cref="Followed"/>.</summary>
    public sealed record FollowLog : IIndexQuery;

    /// <summary>The index has followed the log up to <paramref name="Offset"/>.</summary>
    public sealed record Followed(long Offset);

    /// <summary>
    /// Lists the sessions that <see cref="SessionIndexActor.WakeUnfinished"/> would wake, for nodes that share them out among themselves; answered with <see cref="Unfinished"/>. The node that
    /// sends <see cref="Wake"/> then forwards the <see cref="Awake"/> to its index.
    /// </summary>
    public sealed record ListUnfinished : IIndexQuery;

    /// <summary>What is to be taken up again.</summary>
    /// <param name="Sessions">Sessions with an unfinished turn or a request that waits, and deleted ones whose tombstone may go, until it has.</param>
    /// <param name="Deletions">Sessions that any node has begun to delete. The node that continues such a deletion sends <see cref="Delete"/> to its index.</param>
    public sealed record Unfinished(IReadOnlyList<SessionId> Sessions, IReadOnlyList<SessionId> Deletions);

    /// <summary>Finds the session that waits for the answer to a permission or question; answered with <see cref="WaitingSessionFound"/>.</summary>
    public sealed record FindWaitingSession(string RequestId) : IIndexQuery;

    /// <summary>The session that waits; null when none waits.</summary>
    public sealed record WaitingSessionFound(SessionId? SessionId);
}
