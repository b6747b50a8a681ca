using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using OpenCode.Actors.Server.Answers;
using OpenCode.Actors.Server.Bodies;
using OpenCode.Actors.Server.Config;
using OpenCode.Actors.Server.Locations;
using OpenCode.Actors.Sessions.Tools.Servers;

namespace OpenCode.Actors.Server.Endpoints.Mcp;

/// <summary>The MCP servers of a location: their status, and changes of them until the server ends.</summary>
internal static class McpEndpoints
{
    private const int LongestName = 128;

    private static readonly string[] _keys = ["type", "command", "cwd", "environment", "url", "headers", "oauth", "enabled", "timeout"];

    public static void MapMcp(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/experimental/resource", ResourcesAsync).WithName("experimental.resource.list").WithTags("MCP");
        var mcp = routes.MapGroup("/mcp").WithTags("MCP").WithErrors();
        mcp.MapGet("", StatusAsync).WithName("mcp.status");
        mcp.MapPost("", AddAsync).WithName("mcp.add").Produces<IReadOnlyDictionary<string, McpStatusAnswer>>();
        mcp.MapPost("/{name}/connect", ConnectAsync).WithName("mcp.connect").Produces<bool>().Produces<McpNotFound>(StatusCodes.Status404NotFound);
        mcp.MapPost("/{name}/disconnect", DisconnectAsync).WithName("mcp.disconnect").Produces<bool>().Produces<McpNotFound>(StatusCodes.Status404NotFound);
    }

    private static async Task<Ok<IReadOnlyDictionary<string, McpStatusAnswer>>> StatusAsync(Location location, ToolServers servers, CancellationToken cancellationToken) =>
        TypedResults.Ok<IReadOnlyDictionary<string, McpStatusAnswer>>(
            (await servers.StatusAsync(location.Path, cancellationToken)).ToDictionary(static server => server.Name, static server => McpStatusAnswer.Of(server.Error), StringComparer.Ordinal));

    private static async Task<Ok<IReadOnlyDictionary<string, McpResourceAnswer>>> ResourcesAsync(Location location, ToolServerContents servers, CancellationToken cancellationToken) =>
        TypedResults.Ok<IReadOnlyDictionary<string, McpResourceAnswer>>((await servers.ListResourcesAsync(location.Path, cancellationToken))
            .Select(static resource => new McpResourceAnswer(resource.Item.Name, resource.Item.Uri, resource.Item.Description, resource.Item.MimeType, resource.Server))
            .DistinctBy(static resource => (resource.Client, resource.Uri))
            .ToDictionary(static resource => $"{resource.Client}:{resource.Uri}", StringComparer.Ordinal));

    private static async Task<IResult> AddAsync(Location location, Body<JsonObject> body, ConfigPatching patching, ToolServers servers, CancellationToken cancellationToken)
    {
        var request = body.Value;
        if (request["name"] is not JsonValue value || !value.TryGetValue(out string? name) || name.Length is 0 or > LongestName)
            return Refusals.BadBody($"Give a name of 1 to {LongestName} characters\n  at [\"name\"]");
        if (request["config"] is not JsonObject config || config["type"] is null)
            return Refusals.BadBody("Give a server with its type, local or remote\n  at [\"config\"]");
        if (request.Concat(config).FirstOrDefault(static member => member.Key is not ("name" or "config") && !_keys.Contains(member.Key, StringComparer.Ordinal)).Key is { } unknown)
            return Refusals.BadBody($"'{unknown}' is unknown. Leave it out\n  at [\"config\"]");

        // In place of one that has this name: nothing of that one, above all no secret, goes to the new one.
        var whole = new JsonObject(_keys.Select(key => KeyValuePair.Create(key, config[key]?.DeepClone())));
        var (_, refusal) = await patching.PatchAsync(location, new JsonObject { ["mcp"] = new JsonObject { [name] = whole } }, cancellationToken);
        return refusal ?? await StatusAsync(location, servers, cancellationToken);
    }

    private static async Task<IResult> ConnectAsync(string name, Location location, ConfigCatalog configs, ConfigPatching patching, ToolServers servers, CancellationToken cancellationToken)
    {
        if (await SwitchAsync(name, isEnabled: true, location, configs, patching, cancellationToken) is { } refusal)
            return refusal;

        await servers.RetryAsync(location.Path, name, cancellationToken);
        return TypedResults.Ok(true);
    }

    private static async Task<IResult> DisconnectAsync(string name, Location location, ConfigCatalog configs, ConfigPatching patching, ToolServers servers, CancellationToken cancellationToken)
    {
        if (await SwitchAsync(name, isEnabled: false, location, configs, patching, cancellationToken) is { } refusal)
            return refusal;

        servers.Tidy(location.Path);
        return TypedResults.Ok(true);
    }

    private static async Task<IResult?> SwitchAsync(string name, bool isEnabled, Location location, ConfigCatalog configs, ConfigPatching patching, CancellationToken cancellationToken)
    {
        if (configs.For(location.Path).Values.McpServers.FirstOrDefault(server => server.Name == name) is not { } server)
            return TypedResults.Json(McpNotFound.Of(name), ServerJson.Default.McpNotFound, statusCode: StatusCodes.Status404NotFound);
        if (server.IsEnabled == isEnabled)
            return null;

        return (await patching.PatchAsync(location, new JsonObject { ["mcp"] = new JsonObject { [name] = new JsonObject { ["enabled"] = isEnabled } } }, cancellationToken)).Refusal;
    }
}
