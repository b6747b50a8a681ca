using System.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using OpenCode.Actors.Protocol.Errors;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Server.Errors;
using OpenCode.Actors.Server.Publishing;
using OpenCode.Actors.Sessions.Commands;

namespace OpenCode.Actors.Server.Endpoints;

/// <summary>Maps refusals of sessions to HTTP answers, in one place, because every command may be refused in these ways.</summary>
internal static class SessionRefusals
{
    /// <summary>Makes the answer for a refusal.</summary>
    /// <exception cref="UnreachableException">It is none: the endpoint has forgotten an answer of its command.</exception>
    public static IResult Of(object refusal) => refusal switch
    {
        SessionNotFound r => Refusals.Of(StatusCodes.Status404NotFound, NamedError.NotFound(r.SessionId)),
        MessageNotFound r => Refusals.Of(StatusCodes.Status404NotFound, NamedError.NotFound(r.MessageId)),
        SessionBusy r => TypedResults.Json(SessionBusyError.Of(r.SessionId), ProtocolJson.Wire.SessionBusyError, statusCode: StatusCodes.Status409Conflict),
        PermissionNotFound r => Json(StatusCodes.Status404NotFound, RequestNotFoundError.Permission(r.PermissionId)),
        QuestionNotFound r => Json(StatusCodes.Status404NotFound, RequestNotFoundError.Question(r.QuestionId)),
        PromptRejected r => Refusals.BadBody(r.Reason),
        TooManyPrompts r => new RetryLater(r.RetryAfter, $"{r.Limit} prompts of this session wait already (server.limits.queued_prompts). Nothing was changed; try again later."),
        StorageFull r => Refusals.Of(StatusCodes.Status507InsufficientStorage, NamedError.InsufficientStorage(r.FreeBytes, r.NeededBytes)),
        Unavailable r => new RetryLater(r.RetryAfter, r.Reason),
        CommandFailed r => Refusals.Of(StatusCodes.Status500InternalServerError, new NamedError("UnknownError", new NamedErrorData(r.Message))),
        _ => throw new UnreachableException($"No answer is known for {refusal.GetType()}."),
    };

    /// <summary>Publishes a refusal that the user can correct to the streams of the session's location (rule "A refusal is seen").</summary>
    /// <returns>The same answer.</returns>
    public static async Task<object> PublishAsync(SessionId sessionId, object answer, RefusalEvents events, CancellationToken cancellationToken)
    {
        // Not a full queue, and not that the session is busy: opencode publishes nothing for that.
        if (answer is PromptRejected)
            await events.PublishAsync(sessionId, BodyOf(answer).Data.Message, cancellationToken);

        return answer;
    }

    /// <summary>Makes the body of that answer alone, for answers whose status is already sent.</summary>
    public static NamedError BodyOf(object refusal) => Of(refusal) switch
    {
        JsonHttpResult<NamedError> { Value: { } error } => error,
        RetryLater later => later.Error,
        var other => throw new UnreachableException($"{other.GetType()} has no named error."),
    };

    private static JsonHttpResult<RequestNotFoundError> Json(int status, RequestNotFoundError error) => TypedResults.Json(error, ProtocolJson.Wire.RequestNotFoundError, statusCode: status);

    private sealed class RetryLater(TimeSpan wait, string reason) : IResult
    {
        public NamedError Error => NamedError.Overloaded(reason);

        public Task ExecuteAsync(HttpContext httpContext) => httpContext.WriteRetryLaterAsync(wait, Error);
    }
}
