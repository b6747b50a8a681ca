namespace OpenCode.Actors.Server.Metrics;

internal static class MetricServices
{
    public static IServiceCollection AddMetricCollector(this IServiceCollection services) => services.AddSingleton<MetricCollector>();
}
