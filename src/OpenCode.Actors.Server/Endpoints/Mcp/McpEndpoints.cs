using Microsoft.AspNetCore.Http.HttpResults;
using OpenCode.Actors.Server.Answers;
using OpenCode.Actors.Server.Locations;
using OpenCode.Actors.Sessions.Tools.Servers;

namespace OpenCode.Actors.Server.Endpoints.Mcp;

/// <summary>The MCP servers of a location.</summary>
internal static class McpEndpoints
{
    public static void MapMcp(this IEndpointRouteBuilder routes)
    {
        var mcp = routes.MapGroup("/mcp").WithTags("MCP").WithErrors();
        mcp.MapGet("", StatusAsync).WithName("mcp.status");
    }

    private static async Task<Ok<IReadOnlyDictionary<string, McpStatusAnswer>>> StatusAsync(Location location, ToolServers servers, CancellationToken cancellationToken) =>
        TypedResults.Ok<IReadOnlyDictionary<string, McpStatusAnswer>>(
            (await servers.StatusAsync(location.Path, cancellationToken)).ToDictionary(static server => server.Name, static server => McpStatusAnswer.Of(server.Error), StringComparer.Ordinal));
}
