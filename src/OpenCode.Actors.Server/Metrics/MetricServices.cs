namespace OpenCode.Actors.Server.Metrics;

/// <summary>What the server counts.</summary>
internal static class MetricServices
{
    public static IServiceCollection AddMetricCollector(this IServiceCollection services) => services.AddSingleton<MetricCollector>();
}
