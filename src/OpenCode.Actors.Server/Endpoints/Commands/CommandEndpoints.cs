using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Models;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Server.Answers;
using OpenCode.Actors.Server.Bodies;
using OpenCode.Actors.Server.Commands;
using OpenCode.Actors.Server.Config;
using OpenCode.Actors.Server.Locations;
using OpenCode.Actors.Server.Publishing;
using OpenCode.Actors.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Index;
using OpenCode.Actors.Sessions.Skills;

namespace OpenCode.Actors.Server.Endpoints.Commands;

/// <summary>The commands that users call by a name: lists them, and runs them as prompts.</summary>
internal static class CommandEndpoints
{
    public static void MapCommands(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/command", ListAsync).WithName("command.list").WithTags("Config");
        var session = routes.MapGroup("/session/{sessionID}").WithTags("Messages").WithErrors();
        session.MapPost("/command", RunAsync).WithName("session.command").Produces<MessageWithParts>();
        session.MapPost("/init", InitAsync).WithName("session.init").Produces<bool>();
    }

    private static async Task<Ok<IReadOnlyList<CommandAnswer>>> ListAsync(Location location, ConfigCatalog configs, ISkillCatalog skills, ServedCommands served, CancellationToken cancellationToken)
    {
        var known = BuiltInCommands.With(configs.For(location.Path).Values, skills.For(location.Path)).Select(static command => new CommandAnswer(command.Name, command.Template, TemplatePlaceholders.Of(command.Template))
        {
            Description = command.Description,
            Agent = command.Agent,
            Model = command.Model?.ToString(),
            Subtask = command.Subtask,
            Source = command.IsSkill ? "skill" : "command",
        });
        var ofServers = (await served.ListAsync(location.Path, cancellationToken)).Select(static command => new CommandAnswer(command.Name, "", command.Places) { Description = command.Description, Source = "mcp" });
        return TypedResults.Ok<IReadOnlyList<CommandAnswer>>([.. known.Concat(ofServers).DistinctBy(static command => command.Name, StringComparer.Ordinal)]);
    }

    private static Task<IResult> RunAsync(
        SessionId sessionID,
        Location location,
        Body<RunCommand> body,
        HttpContext context,
        ISessions sessions,
        CommandPrompts prompts,
        TurnEnds turns,
        RefusalEvents refusals,
        CancellationToken cancellationToken) =>
        AnswerAsync(sessionID, location, body.Value, context, sessions, prompts, turns.AnswerOf, refusals, cancellationToken);

    private static Task<IResult> InitAsync(
        SessionId sessionID,
        Location location,
        Body<InitSession> body,
        HttpContext context,
        ISessions sessions,
        CommandPrompts prompts,
        TurnEnds turns,
        RefusalEvents refusals,
        CancellationToken cancellationToken) =>
        AnswerAsync(
            sessionID,
            location,
            new RunCommand(BuiltInCommands.InitName, "") { MessageId = body.Value.MessageId, Model = new ModelRef(body.Value.ProviderId, body.Value.ModelId).ToString() },
            context,
            sessions,
            prompts,
            turns.DoneOf,
            refusals,
            cancellationToken);

    private static async Task<IResult> AnswerAsync(
        SessionId sessionID,
        Location location,
        RunCommand request,
        HttpContext context,
        ISessions sessions,
        CommandPrompts prompts,
        Func<SessionId, object, IResult> answerOf,
        RefusalEvents refusals,
        CancellationToken cancellationToken)
    {
        location.Existing();
        var session = await sessions.AskAsync(new IndexQuery.Get(sessionID), cancellationToken);
        if (session is not IndexQuery.Found found)
            return SessionRefusals.Of(session);

        var info = JsonSerializer.Deserialize(found.Entry.Json.Span, ProtocolJson.Wire.Session)!;
        var made = await IsTakenAsync(sessionID, request, sessions, cancellationToken)
            ? new Prompt([]) { MessageId = request.MessageId } // answered as the first time; its shell lines do not run again
            : await prompts.MakeAsync(info, request, cancellationToken);
        if (made is not Prompt prompt)
            return SessionRefusals.Of(await SessionRefusals.PublishAsync(sessionID, made, refusals, cancellationToken));

        var command = new TakePrompt(prompt, MessageEndpoints.Key(context)) { Command = new CommandCall(request.Command, request.Arguments) };
        var answer = await sessions.AskAsync(sessionID, command, cancellationToken);
        return answerOf(sessionID, await SessionRefusals.PublishAsync(sessionID, answer, refusals, cancellationToken));
    }

    private static async Task<bool> IsTakenAsync(SessionId session, RunCommand request, ISessions sessions, CancellationToken cancellationToken) =>
        request.MessageId is { } id && await sessions.AskAsync(session, new GetMessage(id), cancellationToken) is MessageFound;
}
