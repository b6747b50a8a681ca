using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Server.Answers;

namespace OpenCode.Actors.Server.Endpoints.Start;

/// <summary>Routes for features that this server does not have: logins by OAuth, background tasks, workspaces, consoles. Each answer says so in opencode's shape.</summary>
internal static class AbsentEndpoints
{
    public static void MapAbsent(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/provider/{providerID}/oauth/authorize", RefuseLogin).WithName("provider.oauth.authorize").WithTags("Providers");
        routes.MapPost("/provider/{providerID}/oauth/callback", RefuseLogin).WithName("provider.oauth.callback").WithTags("Providers");
        routes.MapPost("/experimental/session/{sessionID}/background", static (SessionId sessionID) => TypedResults.Ok(false)).WithName("experimental.session.background").WithTags("Start");
        routes.MapPost("/experimental/workspace/sync-list", static () => TypedResults.NoContent()).WithName("experimental.workspace.syncList").WithTags("Start");
        routes.MapPost("/experimental/console/switch", static () => TypedResults.BadRequest(new TaggedError("BadRequest", "This server has no console to switch to."))).WithName("experimental.console.switchOrg").WithTags("Start");
    }

    private static BadRequest<JsonObject> RefuseLogin(string providerID) => TypedResults.BadRequest(new JsonObject
    {
        ["name"] = "ProviderAuthOauthMissing",
        ["data"] = new JsonObject { ["providerID"] = providerID, ["message"] = $"This server has no logins by OAuth. Give the provider a key: PUT /auth/{providerID}, or its variable." },
    });
}
