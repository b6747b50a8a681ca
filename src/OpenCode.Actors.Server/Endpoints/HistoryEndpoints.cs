using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Server.Bodies;
using OpenCode.Actors.Sessions;
using OpenCode.Actors.Sessions.Commands;

namespace OpenCode.Actors.Server.Endpoints;

/// <summary>The history of a session: reads, changes, removes, undoes and brings back messages and parts, and forks a session.</summary>
internal static class HistoryEndpoints
{
    public static void MapHistory(this IEndpointRouteBuilder routes)
    {
        var history = routes.MapGroup("/session/{sessionID}").WithTags("History").WithErrors();
        history.MapGet("/message/{messageID}", GetAsync).WithName("session.message").Produces<MessageWithParts>();
        history.MapGet("/diff", ListDiffAsync).WithName("session.diff").Produces<IReadOnlyList<FileDiff>>();
        history.MapPost("/revert", RevertAsync).WithName("session.revert").Produces<Session>();
        history.MapPost("/unrevert", UnrevertAsync).WithName("session.unrevert").Produces<Session>();
        history.MapPost("/fork", ForkAsync).WithName("session.fork").Produces<Session>();
        history.MapDelete("/message/{messageID}", DeleteAsync).WithName("session.deleteMessage").Produces<bool>();
        history.MapDelete("/message/{messageID}/part/{partID}", DeletePartAsync).WithName("part.delete").Produces<bool>();
        history.MapPatch("/message/{messageID}/part/{partID}", UpdatePartAsync).WithName("part.update").Produces<Part>();
    }

    private static async Task<IResult> GetAsync(SessionId sessionID, MessageId messageID, ISessions sessions, CancellationToken cancellationToken) =>
        await sessions.AskAsync(sessionID, new GetMessage(messageID), cancellationToken) switch
        {
            MessageFound r => TypedResults.Ok(r.Message),
            var refusal => SessionRefusals.Of(refusal),
        };

    private static async Task<IResult> ListDiffAsync(SessionId sessionID, MessageId? messageID, ISessions sessions, CancellationToken cancellationToken) =>
        await sessions.AskAsync(sessionID, new GetDiff(messageID), cancellationToken) switch
        {
            DiffFound r => Wire.Ok(r.Diffs, ProtocolJson.Wire.IReadOnlyListFileDiff),
            var refusal => SessionRefusals.Of(refusal),
        };

    private static Task<IResult> RevertAsync(SessionId sessionID, Body<RevertSession> body, ISessions sessions, CancellationToken cancellationToken) =>
        UndoAsync(sessionID, new Revert(body.Value.MessageId, body.Value.PartId), sessions, cancellationToken);

    private static Task<IResult> UnrevertAsync(SessionId sessionID, ISessions sessions, CancellationToken cancellationToken) =>
        UndoAsync(sessionID, new Unrevert(), sessions, cancellationToken);

    private static async Task<IResult> UndoAsync(SessionId session, ISessionCommand command, ISessions sessions, CancellationToken cancellationToken) =>
        await sessions.AskAsync(session, command, cancellationToken) switch
        {
            Updated r => TypedResults.Ok(r.Info),
            var refusal => SessionRefusals.Of(refusal),
        };

    private static async Task<IResult> ForkAsync(SessionId sessionID, OptionalBody<ForkSession> body, ISessions sessions, CancellationToken cancellationToken) =>
        await sessions.ForkAsync(sessionID, body.Value?.MessageId, cancellationToken) switch
        {
            Created r => TypedResults.Ok(r.Info),
            var refusal => SessionRefusals.Of(refusal),
        };

    private static Task<IResult> DeleteAsync(SessionId sessionID, MessageId messageID, ISessions sessions, CancellationToken cancellationToken) =>
        EditAsync(sessionID, new DeleteMessage(messageID), TypedResults.Ok(true), sessions, cancellationToken);

    private static Task<IResult> DeletePartAsync(SessionId sessionID, MessageId messageID, PartId partID, ISessions sessions, CancellationToken cancellationToken) =>
        EditAsync(sessionID, new DeletePart(messageID, partID), TypedResults.Ok(true), sessions, cancellationToken);

    private static async Task<IResult> UpdatePartAsync(
        SessionId sessionID, MessageId messageID, PartId partID, Body<Part> body, ISessions sessions, CancellationToken cancellationToken)
    {
        var part = body.Value;
        if (part.SessionId != sessionID || part.MessageId != messageID || part.Id != partID)
            return SessionRefusals.Of(new PromptRejected("The part names another session, message or id than the path: send it as it was read, with a changed content."));

        return await EditAsync(sessionID, new UpdatePart(part), Wire.Ok(part, ProtocolJson.Wire.Part), sessions, cancellationToken);
    }

    private static async Task<IResult> EditAsync(SessionId session, ISessionCommand edit, IResult done, ISessions sessions, CancellationToken cancellationToken) =>
        await sessions.AskAsync(session, edit, cancellationToken) switch
        {
            HistoryEdited => done,
            var refusal => SessionRefusals.Of(refusal),
        };
}
