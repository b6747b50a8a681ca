using OpenCode.Actors.Server.CommandLine;
using OpenCode.Actors.Server.Config;
using OpenCode.Actors.Server.Edge;
using OpenCode.Actors.Server.Endpoints;
using OpenCode.Actors.Server.Errors;
using OpenCode.Actors.Server.Hosting;
using OpenCode.Actors.Server.Locations;
using OpenCode.Actors.Server.Metrics;
using OpenCode.Actors.Server.Routes;

namespace OpenCode.Actors.Server;

/// <summary>The composition root: the one place that names the parts of the server.</summary>
internal static class Program
{
    public static Task<int> Main(string[] args) => OpenCodeCommand.RunAsync(args);

    public static WebApplication Build(ServeSettings settings, ConfigCatalog configs)
    {
        var limits = configs.Server.Limits;
        var connections = new ConnectionCount(limits.Connections);

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "opencode-actors" });
        builder.Logging.AddLogLines();
        builder.WebHost.UseHttp(settings, limits, connections);
        builder.Services
            .AddHost()
            .AddSingleton(configs)
            .AddMetricCollector()
            .AddLocations(Environment.CurrentDirectory);

        var app = builder.Build();
        app.UseErrors();
        app.UseEdge(settings);
        app.MapHealth();
        app.MapMetrics();
        app.MapConfig();
        app.MapUnserved();
        return app;
    }
}
