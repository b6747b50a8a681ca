using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using OpenCode.Actors.Protocol.Errors;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Server.Answers;
using OpenCode.Actors.Server.Locations;
using OpenCode.Actors.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Index;

namespace OpenCode.Actors.Server.Endpoints.Projects;

/// <summary>The paths of a location, and the projects that this server knows: that of the location, and those of its sessions.</summary>
internal static class ProjectEndpoints
{
    private const int UsualSessions = 100;

    public static void MapProjects(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/path", GetPathAsync).WithName("path.get").WithTags("Projects");
        routes.MapGet("/api/location", GetLocationAsync).WithName("v2.location.get").WithTags("Projects");
        routes.MapGet("/project/current", GetCurrentAsync).WithName("project.current").WithTags("Projects");
        routes.MapGet("/project", ListAsync).WithName("project.list").WithTags("Projects").Produces<IReadOnlyList<ProjectAnswer>>();
        routes.MapGet("/experimental/session", ListSessionsAsync).WithName("experimental.session.list").WithTags("Projects").Produces<IReadOnlyList<Session>>();
        routes.MapGet("/project/{projectID}/directories", ListDirectoriesAsync).WithName("project.directories").WithTags("Projects").Produces<IReadOnlyList<ProjectDirectory>>();
    }

    private static async Task<Ok<PathAnswer>> GetPathAsync(Location location, ProjectCatalog projects, UserFolders user) =>
        TypedResults.Ok(new PathAnswer(user.Home, user.State, user.Config, (await projects.ProjectOfAsync(location)).Worktree, location.Path));

    private static async Task<Ok<LocationAnswer>> GetLocationAsync(Location location, ProjectCatalog projects) =>
        TypedResults.Ok(LocationAnswer.Of(location, await projects.ProjectOfAsync(location)));

    private static async Task<Ok<ProjectAnswer>> GetCurrentAsync(Location location, ProjectCatalog projects) =>
        TypedResults.Ok(ProjectAnswer.Of(await projects.ProjectOfAsync(location)));

    private static async Task<IResult> ListAsync(Location location, ProjectCatalog projects, ISessions sessions, CancellationToken cancellationToken)
    {
        var here = await projects.ProjectOfAsync(location);
        return await sessions.AskAsync(new IndexQuery.List(new SessionQuery()), cancellationToken) switch
        {
            IndexQuery.Listed r => TypedResults.Ok<IReadOnlyList<ProjectAnswer>>([OfSessions(here, r.Entries.Where(s => s.ProjectId == here.Id)), .. OfSessions(r.Entries.Where(s => s.ProjectId != here.Id))]),
            var refusal => SessionRefusals.Of(refusal),
        };
    }

    private static async Task<IResult> ListDirectoriesAsync(string projectID, Location location, ProjectCatalog projects, ISessions sessions, CancellationToken cancellationToken)
    {
        if (projectID == Project.GlobalId)
            return TypedResults.Ok<IReadOnlyList<ProjectDirectory>>([]);

        var here = await projects.ProjectOfAsync(location);
        var answer = await sessions.AskAsync(new IndexQuery.List(new SessionQuery(ProjectId: projectID)), cancellationToken);
        if (answer is not IndexQuery.Listed listed)
            return SessionRefusals.Of(answer);

        var folders = listed.Entries.Select(WorktreeOf).Prepend(here.Id == projectID ? here.Worktree : null).OfType<string>().Distinct(StringComparer.Ordinal);
        return folders.Select(static folder => new ProjectDirectory(folder)).ToList() is { Count: > 0 } known
            ? TypedResults.Ok<IReadOnlyList<ProjectDirectory>>(known)
            : Refusals.NotFound($"Project not found: {projectID}");
    }

    // The sessions of all projects, each with its own.
    private static async Task<IResult> ListSessionsAsync(string? roots, string? start, string? cursor, string? search, string? limit, ISessions sessions, CancellationToken cancellationToken)
    {
        var query = new SessionQuery(RootsOnly: roots == "true", UpdatedSince: Number(start), Search: string.IsNullOrEmpty(search) ? null : search);
        if (await sessions.AskAsync(new IndexQuery.List(query), cancellationToken) is not IndexQuery.Listed listed)
            return SessionRefusals.Of(new Unavailable("The list of sessions is not known now.", TimeSpan.FromSeconds(1)));

        var before = Number(cursor) ?? long.MaxValue;
        var most = Number(limit) is { } number and > 0 and <= UsualSessions ? (int)number : UsualSessions;
        return new SessionList([.. listed.Entries.Where(entry => entry.Updated < before).Take(most).Select(WithProject)]);
    }

    private static SessionEntry WithProject(SessionEntry entry)
    {
        var json = JsonNode.Parse(entry.Json.Span)!.AsObject();
        json["project"] = new JsonObject { ["id"] = entry.ProjectId, ["worktree"] = WorktreeOf(entry) };
        return entry with { Json = JsonSerializer.SerializeToUtf8Bytes(json, ServerJson.Default.JsonObject) };
    }

    // The real server ignores a bad number here.
    private static long? Number(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static IEnumerable<ProjectAnswer> OfSessions(IEnumerable<SessionEntry> sessions) => sessions
        .GroupBy(s => s.ProjectId, StringComparer.Ordinal)
        .Select(group => ProjectAnswer.Of(new Project(group.Key, WorktreeOf(group.First()), DateTimeOffset.FromUnixTimeMilliseconds(group.Min(s => s.Updated))), group.Max(s => s.Updated)));

    // The project was there before this start of the server: its sessions say since when.
    private static ProjectAnswer OfSessions(Project here, IEnumerable<SessionEntry> sessions)
    {
        var updated = sessions.Select(static s => DateTimeOffset.FromUnixTimeMilliseconds(s.Updated)).DefaultIfEmpty(here.FirstSeen).ToList();
        return ProjectAnswer.Of(here with { FirstSeen = updated.Append(here.FirstSeen).Min() }, updated.Max().ToUnixTimeMilliseconds());
    }

    private static string WorktreeOf(SessionEntry session) => session.ProjectId == Project.GlobalId ? Project.NoWorktree : session.Worktree;
}
