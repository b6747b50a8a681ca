using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Server.Answers;
using OpenCode.Actors.Server.Locations;
using OpenCode.Actors.Server.Locations.Vcs;

namespace OpenCode.Actors.Server.Endpoints.Vcs;

/// <summary>Git's branch, status and differences of a location. The TUI exits when <c>/diff</c> is refused.</summary>
internal static class VcsEndpoints
{
    private const int UsualContext = 3;

    public static void MapVcs(this IEndpointRouteBuilder routes)
    {
        var vcs = routes.MapGroup("").WithTags("Vcs").WithErrors();
        vcs.MapGet("/vcs", GetAsync).WithName("vcs.get");
        vcs.MapGet("/vcs/status", ListStatusAsync).WithName("vcs.status");
        vcs.MapGet("/vcs/diff", ListDiffAsync).WithName("vcs.diff").Produces<IReadOnlyList<FileDiff>>();
        vcs.MapGet("/vcs/diff/raw", GetRawAsync).WithName("vcs.diff.raw").Produces<string>(contentType: "text/plain");
        vcs.MapGet("/file/status", ListFileStatusAsync).WithName("file.status");
    }

    private static async Task<Ok<VcsAnswer>> GetAsync(Location location, WorkingTree tree, CancellationToken cancellationToken) =>
        TypedResults.Ok(new VcsAnswer(await tree.BranchAsync(location, cancellationToken), await tree.DefaultBranchAsync(location, cancellationToken)));

    private static async Task<Ok<IReadOnlyList<FileDiff>>> ListStatusAsync(Location location, WorkingTree tree, CancellationToken cancellationToken) =>
        TypedResults.Ok(await tree.StatusAsync(location, cancellationToken));

    private static async Task<IResult> ListDiffAsync(Location location, string? mode, string? context, WorkingTree tree, CancellationToken cancellationToken)
    {
        var lines = UsualContext;
        if (!string.IsNullOrEmpty(context) && !int.TryParse(context, NumberStyles.None, CultureInfo.InvariantCulture, out lines))
            return Refusals.BadQuery("context", $"'{context}' is no whole number of lines");

        return mode switch
        {
            "git" => TypedResults.Ok(await tree.DiffAsync(location, lines, cancellationToken)),
            "branch" => TypedResults.Ok(await tree.BranchDiffAsync(location, lines, cancellationToken)),
            _ => Refusals.BadQuery("mode", "give git (against the last commit) or branch (against the default branch)"),
        };
    }

    private static async Task<ContentHttpResult> GetRawAsync(Location location, WorkingTree tree, CancellationToken cancellationToken) =>
        TypedResults.Text(string.Concat((await tree.DiffAsync(location, UsualContext, cancellationToken)).Select(static change => change.Patch)));

    private static async Task<Ok<IReadOnlyList<FileStatus>>> ListFileStatusAsync(Location location, WorkingTree tree, CancellationToken cancellationToken) =>
        TypedResults.Ok<IReadOnlyList<FileStatus>>(
            [.. (await tree.StatusAsync(location, cancellationToken)).Select(static change => new FileStatus(change.File!, change.Additions, change.Deletions, change.Status!))]);
}
