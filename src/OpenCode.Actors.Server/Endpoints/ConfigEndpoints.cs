using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using OpenCode.Actors.Server.Answers;
using OpenCode.Actors.Server.Bodies;
using OpenCode.Actors.Server.Config;
using OpenCode.Actors.Server.Locations;
using OpenCode.Actors.Server.Models;

namespace OpenCode.Actors.Server.Endpoints;

/// <summary>The configuration and the agents of a location.</summary>
internal static class ConfigEndpoints
{
    public static void MapConfig(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/config", Get).WithName("config.get").WithTags("Config");
        routes.MapPatch("/config", PatchAsync).WithName("config.update").WithTags("Config");
        routes.MapGet("/global/config", GetOfServer).WithName("global.config.get").WithTags("Config");
        routes.MapGet("/agent", GetAgents).WithName("app.agents").WithTags("Config");
    }

    private static Ok<JsonObject> Get(Location location, ConfigCatalog configs) => TypedResults.Ok(ConfigView.Of(configs.For(location.Path)));

    private static Ok<JsonObject> GetOfServer(ConfigCatalog configs) => TypedResults.Ok(ConfigView.Of(new EffectiveConfig(configs.Server, [])));

    private static async Task<IResult> PatchAsync(Location location, Body<JsonObject> body, ConfigPatching patching, CancellationToken cancellationToken)
    {
        var (changed, refusal) = await patching.PatchAsync(location, body.Value, cancellationToken);
        return refusal ?? TypedResults.Ok(ConfigView.Of(changed!));
    }

    private static Ok<IReadOnlyList<AgentAnswer>> GetAgents(Location location, ConfigCatalog configs, ConfiguredAgents agents)
    {
        var config = configs.For(location.Path);
        return TypedResults.Ok<IReadOnlyList<AgentAnswer>>([.. agents.Of(config).All.Select(agent => AgentAnswer.Of(agent, config.Values.Referenced))]);
    }
}
