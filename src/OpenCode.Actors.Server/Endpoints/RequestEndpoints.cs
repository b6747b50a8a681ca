using OpenCode.Actors.Protocol.Events;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Server.Bodies;
using OpenCode.Actors.Server.Locations;
using OpenCode.Actors.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Index;

namespace OpenCode.Actors.Server.Endpoints;

/// <summary>Pending permissions and questions of sessions, and the answers of users.</summary>
internal static class RequestEndpoints
{
    public static void MapPermissionsAndQuestions(this IEndpointRouteBuilder routes)
    {
        var requests = routes.MapGroup("").WithTags("Permissions and questions").WithErrors();
        requests.MapGet("/permission", ListPermissionsAsync).WithName("permission.list").Produces<IReadOnlyList<PermissionRequest>>();
        requests.MapPost("/permission/{requestID}/reply", ReplyPermissionAsync).WithName("permission.reply").Produces<bool>();
        requests.MapPost("/session/{sessionID}/permissions/{permissionID}", RespondAsync).WithName("permission.respond").Produces<bool>();
        requests.MapGet("/question", ListQuestionsAsync).WithName("question.list").Produces<IReadOnlyList<QuestionRequest>>();
        requests.MapPost("/question/{requestID}/reply", ReplyQuestionAsync).WithName("question.reply").Produces<bool>();
        requests.MapPost("/question/{requestID}/reject", RejectQuestionAsync).WithName("question.reject").Produces<bool>();
    }

    private static async Task<IResult> ListPermissionsAsync(Location location, string? directory, ISessions sessions, CancellationToken cancellationToken) =>
        await sessions.AskAsync(new IndexQuery.ListPermissions(directory is null ? null : location.Path), cancellationToken) switch
        {
            IndexQuery.Permissions r => Wire.Ok(r.Requests, ProtocolJson.Wire.IReadOnlyListPermissionRequest),
            var refusal => SessionRefusals.Of(refusal),
        };

    private static async Task<IResult> ListQuestionsAsync(Location location, string? directory, ISessions sessions, CancellationToken cancellationToken) =>
        await sessions.AskAsync(new IndexQuery.ListQuestions(directory is null ? null : location.Path), cancellationToken) switch
        {
            IndexQuery.Questions r => Wire.Ok(r.Requests, ProtocolJson.Wire.IReadOnlyListQuestionRequest),
            var refusal => SessionRefusals.Of(refusal),
        };

    private static Task<IResult> ReplyPermissionAsync(PermissionId requestID, Body<PermissionReply> body, ISessions sessions, CancellationToken cancellationToken) =>
        AnswerAsync(sessions, new ReplyPermission(requestID, body.Value.Reply, body.Value.Message), null, cancellationToken);

    private static Task<IResult> RespondAsync(
        SessionId sessionID, PermissionId permissionID, Body<SessionPermissionReply> body, ISessions sessions, CancellationToken cancellationToken) =>
        AnswerAsync(sessions, new ReplyPermission(permissionID, body.Value.Response), sessionID, cancellationToken);

    private static Task<IResult> ReplyQuestionAsync(QuestionId requestID, Body<QuestionReply> body, ISessions sessions, CancellationToken cancellationToken) =>
        AnswerAsync(sessions, new ReplyQuestion(requestID, body.Value.Answers), null, cancellationToken);

    private static Task<IResult> RejectQuestionAsync(QuestionId requestID, ISessions sessions, CancellationToken cancellationToken) =>
        AnswerAsync(sessions, new RejectQuestion(requestID), null, cancellationToken);

    private static async Task<IResult> AnswerAsync(ISessions sessions, IRequestReply reply, SessionId? sessionId, CancellationToken cancellationToken) =>
        await sessions.ReplyAsync(reply, sessionId, cancellationToken) switch
        {
            RequestAnswered => TypedResults.Ok(true),
            var refusal => SessionRefusals.Of(refusal),
        };
}
