using System.Globalization;
using OpenCode.Actors.Protocol.Errors;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Server.Bodies;
using OpenCode.Actors.Server.Locations;
using OpenCode.Actors.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Index;

namespace OpenCode.Actors.Server.Endpoints;

/// <summary>Creates, lists, reads, changes and deletes sessions.</summary>
internal static class SessionEndpoints
{
    public static void MapSessions(this IEndpointRouteBuilder routes)
    {
        var sessions = routes.MapGroup("/session").WithTags("Sessions").WithErrors();
        sessions.MapPost("", CreateAsync).WithName("session.create").Produces<Session>();
        sessions.MapGet("", ListAsync).WithName("session.list").Produces<IReadOnlyList<Session>>();
        sessions.MapGet("/status", ListStatusAsync).WithName("session.status").Produces<IReadOnlyDictionary<SessionId, SessionStatus>>();
        sessions.MapGet("/{sessionID}", GetAsync).WithName("session.get").Produces<Session>();
        sessions.MapPatch("/{sessionID}", UpdateAsync).WithName("session.update").Produces<Session>();
        sessions.MapDelete("/{sessionID}", DeleteAsync).WithName("session.delete").Produces<bool>();
        sessions.MapGet("/{sessionID}/children", ListChildrenAsync).WithName("session.children").Produces<IReadOnlyList<Session>>();
        sessions.MapGet("/{sessionID}/todo", ListTodosAsync).WithName("session.todo").Produces<IReadOnlyList<Todo>>();
        sessions.MapPost("/{sessionID}/share", RefuseToShareAsync).WithName("session.share").Produces<Session>();
        sessions.MapDelete("/{sessionID}/share", GetAsync).WithName("session.unshare").Produces<Session>(); // as none is shared
        sessions.MapPost("/{sessionID}/abort", AbortAsync).WithName("session.abort").Produces<bool>();
    }

    private static async Task<IResult> ListTodosAsync(SessionId sessionID, ISessions sessions, CancellationToken cancellationToken) =>
        await sessions.AskAsync(sessionID, new GetTodos(), cancellationToken) switch
        {
            TodosFound found => Wire.Ok(found.Todos, ProtocolJson.Wire.IReadOnlyListTodo),
            var refusal => SessionRefusals.Of(refusal),
        };

    private static async Task<IResult> CreateAsync(Location location, OptionalBody<CreateSession> body, ProjectCatalog projects, ISessions sessions, CancellationToken cancellationToken) =>
        await sessions.CreateAsync(await projects.PlaceOfAsync(location.Existing()), body.Value ?? new CreateSession(), cancellationToken) switch
        {
            Created r => TypedResults.Ok(r.Info),
            var refusal => SessionRefusals.Of(refusal),
        };

    private static async Task<IResult> ListAsync(
        Location location, string? directory, string? scope, string? path, string? roots, string? start, string? search, string? limit,
        ProjectCatalog projects, ISessions sessions, CancellationToken cancellationToken)
    {
        var place = await projects.PlaceOfAsync(location);
        var project = await projects.ProjectOfAsync(location);
        var wholeProject = scope == "project" || string.IsNullOrEmpty(directory) || path is not null;
        var query = new SessionQuery(
            Directory: wholeProject ? null : place.Directory,
            ProjectId: place.ProjectId,
            Worktree: project.IsRepository ? project.Worktree : null,
            Path: string.IsNullOrEmpty(path) ? null : path,
            RootsOnly: roots == "true",
            UpdatedSince: Number(start),
            Search: string.IsNullOrEmpty(search) ? null : search,
            Limit: Number(limit) is { } most and > 0 and <= int.MaxValue ? (int)most : null);
        return await sessions.AskAsync(new IndexQuery.List(query), cancellationToken) switch
        {
            IndexQuery.Listed r => new SessionList(r.Entries),
            var refusal => SessionRefusals.Of(refusal),
        };
    }

    private static async Task<IResult> ListStatusAsync(Location location, string? directory, ISessions sessions, CancellationToken cancellationToken) =>
        await sessions.AskAsync(new IndexQuery.ListStatus(directory is null ? null : location.Path), cancellationToken) switch
        {
            IndexQuery.Statuses r => Wire.Ok(r.BySession, ProtocolJson.Wire.IReadOnlyDictionarySessionIdSessionStatus),
            var refusal => SessionRefusals.Of(refusal),
        };

    private static async Task<IResult> GetAsync(SessionId sessionID, ISessions sessions, CancellationToken cancellationToken) =>
        await sessions.AskAsync(new IndexQuery.Get(sessionID), cancellationToken) switch
        {
            IndexQuery.Found r => TypedResults.Bytes(r.Entry.Json, "application/json; charset=utf-8"),
            var refusal => SessionRefusals.Of(refusal),
        };

    private static async Task<IResult> UpdateAsync(SessionId sessionID, Body<UpdateSession> body, ISessions sessions, CancellationToken cancellationToken) =>
        await sessions.AskAsync(sessionID, new Update(body.Value), cancellationToken) switch
        {
            Updated r => TypedResults.Ok(r.Info),
            var refusal => SessionRefusals.Of(refusal),
        };

    private static async Task<IResult> DeleteAsync(SessionId sessionID, ISessions sessions, CancellationToken cancellationToken) =>
        await sessions.AskAsync(new IndexQuery.Delete(sessionID), cancellationToken) switch
        {
            Deleted => TypedResults.Ok(true),
            var refusal => SessionRefusals.Of(refusal),
        };

    private static async Task<IResult> ListChildrenAsync(SessionId sessionID, ISessions sessions, CancellationToken cancellationToken)
    {
        if (await sessions.AskAsync(new IndexQuery.Get(sessionID), cancellationToken) is not IndexQuery.Found and var missing)
            return SessionRefusals.Of(missing);

        return await sessions.AskAsync(new IndexQuery.List(new SessionQuery(ParentId: sessionID)), cancellationToken) switch
        {
            IndexQuery.Listed r => new SessionList(r.Entries),
            var refusal => SessionRefusals.Of(refusal),
        };
    }

    private static async Task<IResult> RefuseToShareAsync(SessionId sessionID, ISessions sessions, CancellationToken cancellationToken) =>
        await sessions.AskAsync(new IndexQuery.Get(sessionID), cancellationToken) switch
        {
            IndexQuery.Found => Refusals.Of(StatusCodes.Status403Forbidden, new NamedError("Forbidden", new NamedErrorData("Sharing is disabled: this server publishes no session."))),
            var refusal => SessionRefusals.Of(refusal),
        };

    private static async Task<IResult> AbortAsync(SessionId sessionID, ISessions sessions, CancellationToken cancellationToken) =>
        await sessions.AskAsync(sessionID, new Abort(), cancellationToken) switch
        {
            Aborted => TypedResults.Ok(true),
            var refusal => SessionRefusals.Of(refusal),
        };

    // The real server ignores a bad number here, and so do clients that send one.
    private static long? Number(string? text) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
}
