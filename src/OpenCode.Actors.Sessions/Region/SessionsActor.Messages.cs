using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Questions;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Protocol.Sessions;

namespace OpenCode.Actors.Sessions.Region;

/// <content>What the region understands from the server. Answers of a session come from the session itself.</content>
internal sealed partial class SessionsActor
{
    /// <summary>Makes a session; answered with <see cref="SessionActor.Created"/>, or <see cref="SessionNotFound"/> for an unknown parent.</summary>
    public sealed record Create(Place Place, CreateSession Request);

    /// <summary>Hands a command of <see cref="SessionActor"/> to its session, waking it. <see cref="SessionNotFound"/> when there is none: never a silent new one.</summary>
    public sealed record Deliver(SessionId SessionId, object Command);

    /// <summary>Reads the info of a session without waking it.</summary>
    public sealed record Get(SessionId SessionId);

    public sealed record Found(SessionEntry Entry);

    public sealed record List(SessionQuery Query);

    public sealed record Listed(IReadOnlyList<SessionEntry> Entries);

    /// <summary>Deletes a session, its children first; answered with <see cref="SessionActor.Deleted"/>.</summary>
    public sealed record Delete(SessionId SessionId);

    /// <summary>A child of the session lives on another node: have it deleted there first. Those that were deleted before it are.</summary>
    public sealed record ChildElsewhere(SessionId SessionId);

    /// <summary>Aborts the turn of a session.</summary>
    public sealed record Abort(SessionId SessionId);

    /// <summary>The server stops: every open turn is closed as aborted, except those that only wait for their user (RULES C5), and no work is taken any more.</summary>
    public sealed record Quiesce;

    /// <summary>No turn runs, none will begin, and what led to that is durable.</summary>
    public sealed record Quiesced;

    public sealed record ListStatus(string? Directory = null);

    /// <summary>The sessions that are not idle.</summary>
    public sealed record Statuses(IReadOnlyDictionary<SessionId, SessionStatus> BySession);

    public sealed record ListPermissions(string? Directory = null);

    /// <summary>Permissions that wait for an answer, oldest first.</summary>
    public sealed record Permissions(IReadOnlyList<PermissionRequest> Requests);

    public sealed record ListQuestions(string? Directory = null);

    /// <summary>Questions that wait for an answer, oldest first.</summary>
    public sealed record Questions(IReadOnlyList<QuestionRequest> Requests);

    /// <summary>Answers a permission wherever it was asked; <see cref="SessionActor.RequestAnswered"/> or <see cref="PermissionNotFound"/>.</summary>
    /// <param name="SessionId">The session that the route names; null when it names none.</param>
    /// <param name="RequestId">The request.</param>
    /// <param name="Answer">Once, always or reject.</param>
    /// <param name="Feedback">What to tell the model with a reject; the turn then goes on.</param>
    public sealed record ReplyPermission(SessionId? SessionId, PermissionId RequestId, PermissionAnswer Answer, string? Feedback = null);

    /// <summary>Answers a question wherever it was asked; <see cref="SessionActor.RequestAnswered"/> or <see cref="QuestionNotFound"/>.</summary>
    public sealed record ReplyQuestion(QuestionId RequestId, IReadOnlyList<IReadOnlyList<string>> Answers);

    /// <summary>Dismisses a question; answered like <see cref="ReplyQuestion"/>.</summary>
    public sealed record RejectQuestion(QuestionId RequestId);
}
