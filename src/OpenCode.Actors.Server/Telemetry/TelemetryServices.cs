using OpenCode.Actors.Journal;

namespace OpenCode.Actors.Server.Telemetry;

/// <summary>Metrics and traces: <c>/metrics</c>, and OTLP where a collector is named.</summary>
internal static class TelemetryServices
{
    public static IServiceCollection AddTelemetry(this IServiceCollection services) => services.AddSingleton<JournalTraces>().AddSingleton<Collection>();

    public static void MapMetrics(this WebApplication app)
    {
        var page = new Lazy<RequestDelegate>(() => Page(app, app.Services.GetRequiredService<Collection>()));
        app.MapGet("/metrics", (Delegate)((HttpContext context) => page.Value(context)))
            .WithName("metrics").WithTags("Health").Produces<string>(contentType: "text/plain");
    }

    private static RequestDelegate Page(IEndpointRouteBuilder app, Collection collection) => app.CreateApplicationBuilder()
        .UseOpenTelemetryPrometheusScrapingEndpoint(collection.Meters, predicate: static _ => true, path: null, configureBranchedPipeline: null, optionsName: null)
        .Build();
}
