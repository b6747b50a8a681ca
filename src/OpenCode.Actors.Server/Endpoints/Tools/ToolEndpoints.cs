using Microsoft.AspNetCore.Http.HttpResults;
using OpenCode.Actors.Server.Answers;
using OpenCode.Actors.Server.Locations;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Tools;

namespace OpenCode.Actors.Server.Endpoints.Tools;

/// <summary>The tools that models are offered.</summary>
internal static class ToolEndpoints
{
    public static void MapTools(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/experimental/tool/ids", ListIdsAsync).WithName("tool.ids").WithTags("Tools");
        routes.MapGet("/experimental/tool", ListAsync).WithName("tool.list").WithTags("Tools");
    }

    private static async Task<Ok<IReadOnlyList<string>>> ListIdsAsync(Location location, IToolbox tools, CancellationToken cancellationToken) =>
        TypedResults.Ok<IReadOnlyList<string>>([.. (await AllAsync(location, tools, cancellationToken)).Select(static tool => tool.Name)]);

    private static async Task<Ok<IReadOnlyList<ToolAnswer>>> ListAsync(Location location, IToolbox tools, CancellationToken cancellationToken) =>
        TypedResults.Ok<IReadOnlyList<ToolAnswer>>([.. (await AllAsync(location, tools, cancellationToken)).Select(static tool => new ToolAnswer(tool.Name, tool.Description, tool.InputSchema))]);

    private static ValueTask<IReadOnlyList<ToolDefinition>> AllAsync(Location location, IToolbox tools, CancellationToken cancellationToken) =>
        tools.CompleteAsync(tools.Definitions, new ToolScope(location.Path, []), cancellationToken);
}
