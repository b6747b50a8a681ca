using OpenCode.Actors.Server.Metrics;

namespace OpenCode.Actors.Server.Endpoints;

/// <summary>What the server counts, for Prometheus.</summary>
internal static class MetricsEndpoints
{
    public static void MapMetrics(this IEndpointRouteBuilder routes)
    {
        routes.ServiceProvider.GetRequiredService<MetricCollector>(); // listens from the start
        routes.MapGet("/metrics", (MetricCollector metrics) => TypedResults.Text(PrometheusText.Write(metrics.Collect()), PrometheusText.ContentType))
            .WithName("metrics").WithTags("Health");
    }
}
