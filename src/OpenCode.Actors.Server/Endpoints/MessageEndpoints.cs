using System.Globalization;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Http.HttpResults;
using OpenCode.Actors.Protocol.Errors;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Server.Answers;
using OpenCode.Actors.Server.Bodies;
using OpenCode.Actors.Server.Locations;
using OpenCode.Actors.Server.Publishing;
using OpenCode.Actors.Sessions;
using OpenCode.Actors.Sessions.Commands;

namespace OpenCode.Actors.Server.Endpoints;

/// <summary>Prompts and shell commands of a session, and its messages.</summary>
internal static class MessageEndpoints
{
    private const string IdempotencyKey = "Idempotency-Key";

    public static void MapMessages(this IEndpointRouteBuilder routes)
    {
        var messages = routes.MapGroup("/session/{sessionID}").WithTags("Messages").WithErrors();
        messages.MapGet("/message", ListAsync).WithName("session.messages").Produces<IReadOnlyList<MessageWithParts>>();
        messages.MapPost("/message", PromptAsync).WithName("session.prompt").Produces<MessageWithParts>();
        messages.MapPost("/prompt_async", PromptAndGoAsync).WithName("session.prompt_async").Produces(StatusCodes.Status204NoContent);
        messages.MapPost("/shell", ShellAsync).WithName("session.shell").Produces<MessageWithParts>();
        messages.MapPost("/summarize", SummarizeAsync).WithName("session.summarize").Produces<bool>();
    }

    /// <summary>Returns the <c>Idempotency-Key</c> of a request; null when it has none.</summary>
    public static string? Key(HttpContext context) => context.Request.Headers[IdempotencyKey].ToString() is { Length: > 0 } key ? key : null;

    private static async Task<IResult> ListAsync(SessionId sessionID, string? limit, string? before, HttpContext context, ISessions sessions, CancellationToken cancellationToken)
    {
        var most = 0;
        if (!string.IsNullOrEmpty(limit) && !int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out most))
            return Refusals.BadQuery("limit", $"'{limit}' is no whole number; give 0 (all) to {int.MaxValue}");

        MessageId cursor = default;
        if (!string.IsNullOrEmpty(before) && !MessageCursor.TryParse(before, out cursor))
            return Refusals.BadQuery("before", "give what X-Next-Cursor of an earlier page said");

        switch (await sessions.AskAsync(sessionID, new GetMessages(most == 0 ? null : most, string.IsNullOrEmpty(before) ? null : cursor), cancellationToken))
        {
            case MessagePage { Older: { } older } page:
                var next = new MessageCursor(older.Value, page.Page[0].Info.Time.Created).ToString();
                context.Response.Headers["X-Next-Cursor"] = next;
                context.Response.Headers.Link = $"<{NextPage(context.Request, most, next)}>; rel=\"next\"";
                return Wire.Ok(page.Page, ProtocolJson.Wire.IReadOnlyListMessageWithParts);
            case MessagePage page:
                return Wire.Ok(page.Page, ProtocolJson.Wire.IReadOnlyListMessageWithParts);
            case var refusal:
                return SessionRefusals.Of(refusal);
        }
    }

    private static async Task<IResult> PromptAsync(
        SessionId sessionID, Location location, Body<Prompt> body, HttpContext context, ISessions sessions, TurnEnds turns, CancellationToken cancellationToken)
    {
        var request = body.Value;
        location.Existing();
        Unsupported.Refuse(request);
        return await sessions.AskAsync(sessionID, new TakePrompt(request, Key(context)), cancellationToken) switch
        {
            PromptAccepted { Error: null } r when request.NoReply == true => await UserMessageAsync(sessionID, r.User, sessions, cancellationToken),
            var answer => turns.AnswerOf(sessionID, answer),
        };
    }

    // large-bodies: what another node accepted comes without its parts, and all else that was large, when it is large. The rows have them.
    private static async Task<IResult> UserMessageAsync(SessionId session, MessageWithParts accepted, ISessions sessions, CancellationToken cancellationToken)
    {
        if (accepted.Parts.Count > 0)
            return TypedResults.Ok(accepted);

        return await sessions.AskAsync(session, new GetMessage(accepted.Info.Id), cancellationToken) switch
        {
            MessageFound found => TypedResults.Ok(found.Message),
            var refusal => SessionRefusals.Of(refusal),
        };
    }

    private static async Task<IResult> PromptAndGoAsync(
        SessionId sessionID, Location location, Body<Prompt> body, HttpContext context, ISessions sessions, RefusalEvents refusals, CancellationToken cancellationToken)
    {
        var request = body.Value;
        location.Existing();
        Unsupported.Refuse(request);
        return await sessions.AskAsync(sessionID, new TakePrompt(request, Key(context)), cancellationToken) switch
        {
            PromptAccepted => TypedResults.NoContent(),
            var refusal => SessionRefusals.Of(await SessionRefusals.PublishAsync(sessionID, refusal, refusals, cancellationToken)),
        };
    }

    private static async Task<IResult> ShellAsync(
        SessionId sessionID, Location location, Body<Shell> body, HttpContext context, ISessions sessions, TurnEnds turns, RefusalEvents refusals, CancellationToken cancellationToken)
    {
        location.Existing();
        var answer = await sessions.AskAsync(sessionID, new RunShell(body.Value, Key(context)), cancellationToken);
        return turns.AnswerOf(sessionID, await SessionRefusals.PublishAsync(sessionID, answer, refusals, cancellationToken));
    }

    private static async Task<IResult> SummarizeAsync(
        SessionId sessionID, Location location, Body<SummarizeSession> body, ISessions sessions, TurnEnds turns, RefusalEvents refusals, CancellationToken cancellationToken)
    {
        location.Existing();
        var answer = await sessions.AskAsync(sessionID, new Summarize(body.Value), cancellationToken);
        return turns.DoneOf(sessionID, await SessionRefusals.PublishAsync(sessionID, answer, refusals, cancellationToken));
    }

    private static string NextPage(HttpRequest request, int limit, string cursor)
    {
        var query = new QueryBuilder { { "limit", limit.ToString(CultureInfo.InvariantCulture) }, { "before", cursor } };
        return UriHelper.BuildAbsolute(request.Scheme, request.Host, request.PathBase, request.Path, query.ToQueryString());
    }
}
