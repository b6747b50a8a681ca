using System.Collections.ObjectModel;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using OpenCode.Actors.Server.Config;
using OpenCode.Actors.Server.Locations;

namespace OpenCode.Actors.Server.Endpoints;

/// <summary>What holds at a location: configuration and agents.</summary>
internal static class ConfigEndpoints
{
    public static void MapConfig(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/config", Get).WithName("config.get").WithTags("Config");
        routes.MapPatch("/config", Patch).WithName("config.update").WithTags("Config");
        routes.MapGet("/agent", GetAgents).WithName("app.agents").WithTags("Config");
    }

    private static Ok<JsonObject> Get(Location location, ConfigCatalog configs) => TypedResults.Ok(ConfigView.Of(configs.For(location.Path)));

    private static Ok<JsonObject> Patch(Location location, JsonObject change, ConfigCatalog configs) =>
        TypedResults.Ok(ConfigView.Of(configs.Patch(location.Path, change)));

    private static Ok<IReadOnlyList<Agent>> GetAgents(Location location, ConfigCatalog configs) =>
        TypedResults.Ok<IReadOnlyList<Agent>>(
            [new Agent("build", "Works on the project with all tools.", "primary", Native: true, configs.For(location.Path).Values.Permission, ReadOnlyDictionary<string, string>.Empty)]);
}
