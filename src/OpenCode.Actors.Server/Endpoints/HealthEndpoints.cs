using Akka.Actor;
using Akka.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;
using OpenCode.Actors.Clustering.Status;
using OpenCode.Actors.Protocol.Errors;
using OpenCode.Actors.Server.Answers;
using OpenCode.Actors.Server.Settings;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Readiness;

namespace OpenCode.Actors.Server.Endpoints;

/// <summary>Liveness and readiness of the server.</summary>
internal static class HealthEndpoints
{
    // It answers within 1 s by itself.
    private static readonly TimeSpan _viewLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _retryAfter = TimeSpan.FromSeconds(1);

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var started = routes.ServiceProvider.GetRequiredService<TimeProvider>().GetTimestamp();
        routes.MapGet("/global/health", GetGlobal).WithName("global.health").WithTags("Health");
        routes.MapGet("/health/ready", GetReady).WithName("health.ready").WithTags("Health").Produces<ReadyHealth>(StatusCodes.Status503ServiceUnavailable);
        routes.MapGet("/health/live", (TimeProvider time) => TypedResults.Ok(LiveHealth.Of(time, started))).WithName("health.live").WithTags("Health");
        if (routes.ServiceProvider.GetService<ClusterSettings>() is not null)
            routes.MapGet("/health/cluster", GetClusterAsync).WithName("health.cluster").WithTags("Health").Produces<string>(contentType: "text/plain")
                .Produces<NamedError>(StatusCodes.Status503ServiceUnavailable);
    }

    private static Ok<GlobalHealth> GetGlobal() => TypedResults.Ok(new GlobalHealth(Healthy: true, Versions.Protocol));

    private static JsonHttpResult<ReadyHealth> GetReady(NodeAvailability availability)
    {
        var reason = availability.Now.WhyNotReady;
        return TypedResults.Json(new ReadyHealth(reason is null, reason), ServerJson.Default.ReadyHealth, statusCode: reason is null ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    // For people: the members as this node's Akka has them, beside the rows of the database.
    private static async Task<IResult> GetClusterAsync(IRequiredActor<ClusterViewActor> view, CancellationToken cancellationToken)
    {
        try
        {
            return TypedResults.Text(ClusterReport.Of(await view.ActorRef.Ask<ClusterView>(new ClusterViewActor.GetView(), _viewLimit, cancellationToken)));
        }
        catch (AskTimeoutException)
        {
            return SessionRefusals.Of(new Unavailable("The server stops.", _retryAfter));
        }
    }
}
