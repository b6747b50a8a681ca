using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Questions;
using OpenCode.Actors.Protocol.Sessions;

namespace OpenCode.Actors.Sessions.Index;

/// <summary>A question to the index. Its answer has all that was committed before the question came.</summary>
internal interface IIndexQuery;

/// <content>What the index is asked, and answers. Any query may also be answered with <see cref="Unavailable"/>.</content>
internal sealed partial class SessionIndexActor
{
    /// <summary>Reads the info of a session without waking it; <see cref="Found"/> or <see cref="SessionNotFound"/>.</summary>
    public sealed record Get(SessionId SessionId) : IIndexQuery;

    public sealed record Found(SessionEntry Entry);

    public sealed record List(SessionQuery Query) : IIndexQuery;

    public sealed record Listed(IReadOnlyList<SessionEntry> Entries);

    /// <summary>Deletes a session, its children first; answered with <see cref="SessionActor.Deleted"/>.</summary>
    public sealed record Delete(SessionId SessionId) : IIndexQuery;

    public sealed record ListStatus(string? Directory = null) : IIndexQuery;

    /// <summary>The sessions that are not idle.</summary>
    public sealed record Statuses(IReadOnlyDictionary<SessionId, SessionStatus> BySession);

    public sealed record ListPermissions(string? Directory = null) : IIndexQuery;

    /// <summary>Permissions that wait for an answer, oldest first.</summary>
    public sealed record Permissions(IReadOnlyList<PermissionRequest> Requests);

    public sealed record ListQuestions(string? Directory = null) : IIndexQuery;

    /// <summary>Questions that wait for an answer, oldest first.</summary>
    public sealed record Questions(IReadOnlyList<QuestionRequest> Requests);

    /// <summary>Finds the session that waits for the answer to a permission or question.</summary>
    public sealed record FindAsker(string RequestId) : IIndexQuery;

    public sealed record AskerFound(SessionId? SessionId);
}
