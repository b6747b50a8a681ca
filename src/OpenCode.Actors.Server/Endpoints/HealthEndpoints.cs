using System.Reflection;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;
using OpenCode.Actors.Clustering.Status;
using OpenCode.Actors.Protocol.Errors;
using OpenCode.Actors.Server.Cluster;
using OpenCode.Actors.Server.Errors;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Readiness;

namespace OpenCode.Actors.Server.Endpoints;

/// <summary>Says whether the server is there.</summary>
internal static class HealthEndpoints
{
    /// <summary>The version of opencode whose protocol we speak.</summary>
    public const string ProtocolVersion = "1.18.33";

    // It answers within 1 s by itself.
    private static readonly TimeSpan _viewLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _retryAfter = TimeSpan.FromSeconds(1);

    /// <summary>Our own version.</summary>
    public static readonly string Version =
        typeof(HealthEndpoints).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var started = routes.ServiceProvider.GetRequiredService<TimeProvider>().GetTimestamp();
        routes.MapGet("/global/health", GetGlobal).WithName("global.health").WithTags("Health");
        routes.MapGet("/health/ready", GetReady).WithName("health.ready").WithTags("Health").Produces<ReadyHealth>(StatusCodes.Status503ServiceUnavailable);
        routes.MapGet("/health/live", (TimeProvider time) => TypedResults.Ok(Live(time, started))).WithName("health.live").WithTags("Health");
        if (routes.ServiceProvider.GetService<ClusterSettings>() is not null)
            routes.MapGet("/health/cluster", GetClusterAsync).WithName("health.cluster").WithTags("Health").Produces<string>(contentType: "text/plain")
                .Produces<NamedError>(StatusCodes.Status503ServiceUnavailable);
    }

    private static Ok<GlobalHealth> GetGlobal() => TypedResults.Ok(new GlobalHealth(Healthy: true, ProtocolVersion));

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
            return TypedResults.Text(ClusterReport.Of(await view.ActorRef.Ask<ClusterView>(ClusterViewActor.GetView.Instance, _viewLimit, cancellationToken)));
        }
        catch (AskTimeoutException)
        {
            return SessionRefusals.Of(new Unavailable("The server stops.", _retryAfter));
        }
    }

    /// <summary>Says that this process is alive.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="started">Its timestamp at the start.</param>
    public static LiveHealth Live(TimeProvider time, long started) => new(Healthy: true, Version, ProtocolVersion, Math.Round(time.GetElapsedTime(started).TotalSeconds, 3));
}

/// <summary>Answer of <c>GET /global/health</c>.</summary>
/// <param name="Healthy">Always true: a server that is not healthy does not answer.</param>
/// <param name="Version">The version of opencode whose protocol we speak; clients compare it with their own.</param>
internal sealed record GlobalHealth(bool Healthy, string Version);

/// <summary>Answer of <c>GET /health/ready</c>.</summary>
/// <param name="Ready">Whether commands are taken. A node that is not ready keeps its streams open.</param>
/// <param name="Reason">Why not.</param>
internal sealed record ReadyHealth(bool Ready, string? Reason);

/// <summary>Answer of <c>GET /health/live</c>.</summary>
/// <param name="Healthy">Always true: a server that is not healthy does not answer.</param>
/// <param name="Version">Our own version.</param>
/// <param name="ProtocolVersion">The version of opencode whose protocol we speak.</param>
/// <param name="UptimeSeconds">Since the start of the server.</param>
internal sealed record LiveHealth(bool Healthy, string Version, string ProtocolVersion, double UptimeSeconds);
