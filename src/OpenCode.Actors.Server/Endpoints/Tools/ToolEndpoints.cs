using Microsoft.AspNetCore.Http.HttpResults;
using OpenCode.Actors.Server.Answers;
using OpenCode.Actors.Sessions.Tools;

namespace OpenCode.Actors.Server.Endpoints.Tools;

/// <summary>The tools that models are offered.</summary>
internal static class ToolEndpoints
{
    public static void MapTools(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/experimental/tool/ids", ListIds).WithName("tool.ids").WithTags("Tools");
        routes.MapGet("/experimental/tool", List).WithName("tool.list").WithTags("Tools");
    }

    private static Ok<IReadOnlyList<string>> ListIds(IToolbox tools) => TypedResults.Ok<IReadOnlyList<string>>([.. tools.Definitions.Select(static tool => tool.Name)]);

    private static Ok<IReadOnlyList<ToolAnswer>> List(IToolbox tools) =>
        TypedResults.Ok<IReadOnlyList<ToolAnswer>>([.. tools.Definitions.Select(static tool => new ToolAnswer(tool.Name, tool.Description, tool.InputSchema))]);
}
