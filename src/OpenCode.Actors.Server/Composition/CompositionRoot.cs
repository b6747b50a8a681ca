using OpenCode.Actors.Models;
using OpenCode.Actors.Server.Cluster;
using OpenCode.Actors.Server.Config;
using OpenCode.Actors.Server.Edge;
using OpenCode.Actors.Server.Endpoints;
using OpenCode.Actors.Server.Endpoints.Auth;
using OpenCode.Actors.Server.Endpoints.Commands;
using OpenCode.Actors.Server.Endpoints.Files;
using OpenCode.Actors.Server.Endpoints.Logs;
using OpenCode.Actors.Server.Endpoints.Mcp;
using OpenCode.Actors.Server.Endpoints.Projects;
using OpenCode.Actors.Server.Endpoints.Providers;
using OpenCode.Actors.Server.Endpoints.Skills;
using OpenCode.Actors.Server.Endpoints.Start;
using OpenCode.Actors.Server.Endpoints.Tools;
using OpenCode.Actors.Server.Endpoints.Tui;
using OpenCode.Actors.Server.Endpoints.Vcs;
using OpenCode.Actors.Server.Hosting;
using OpenCode.Actors.Server.Locations.Doors;
using OpenCode.Actors.Server.Models;
using OpenCode.Actors.Server.OpenApi;
using OpenCode.Actors.Server.Routes;
using OpenCode.Actors.Server.Settings;
using OpenCode.Actors.Server.Snapshots.Doors;
using OpenCode.Actors.Server.Sse;
using OpenCode.Actors.Server.Storage;
using OpenCode.Actors.Server.Telemetry;
using OpenCode.Actors.Sessions;

namespace OpenCode.Actors.Server.Composition;

/// <summary>The composition root: the one place that names the parts of the server.</summary>
internal static class CompositionRoot
{
    /// <summary>Puts a server together: alone on its data folder, or a node of a cluster.</summary>
    /// <param name="settings">The command line.</param>
    /// <param name="configs">The configuration.</param>
    /// <param name="replace">Changes what was put together before it is built.</param>
    public static WebApplication Build(ServeSettings settings, ConfigCatalog configs, Action<WebApplicationBuilder>? replace = null)
    {
        var config = configs.Server;
        var cluster = ClusterSettings.Find(settings, config.Cluster);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "opencode-actors" });
        builder.Logging.AddLogLines(settings.LogLevel);
        builder.WebHost.UseHttp(settings, config.Limits);
        builder.Services
            .AddHost()
            .AddTelemetry()
            .AddLocations(settings.WorkingFolder)
            .AddStorage(settings, cluster, config.EventStream)
            .AddEventStreams(config)
            .AddSessions(options => (options.MaxQueuedPrompts, options.ModelSilenceMs) = (config.Limits.QueuedPrompts, config.Limits.ModelSilenceMs))
            .AddTools(cluster?.Node.Name, cluster is null ? Path.Combine(settings.DataFolder, OpenCode.Actors.Storage.Sqlite.Doors.DataFolder.DatabaseFile) : null, Path.Combine(settings.DataFolder, "tool-output"))
            .AddToolServers()
            .AddMcp()
            .AddInstructions()
            .AddSnapshots(settings.DataFolder)
            .AddNode(cluster)
            .AddConfiguration(configs, settings.DataFolder)
            .AddEndpoints()
            .AddTui()
            .AddApiDescription()
            .AddActors()
            .AddJoin(cluster)
            .AddGracefulStop();
        replace?.Invoke(builder);

        var app = builder.Build();
        app.UseFrontSecret();
        app.UseErrors();
        app.UseEdge(settings);
        app.MapSessions();
        app.MapMessages();
        app.MapHistory();
        app.MapCommands();
        app.MapPermissionsAndQuestions();
        app.MapEventStreams();
        app.MapLocations();
        app.MapConfig();
        app.MapProviders();
        app.MapProjects();
        app.MapVcs();
        app.MapFiles();
        app.MapTui();
        app.MapAuth();
        app.MapTools();
        app.MapSkills();
        app.MapMcp();
        app.MapLog();
        app.MapStart();
        app.MapHomePage();
        app.MapAbsent();
        app.MapHealth();
        app.MapMetrics();
        app.MapApiDescription();
        app.MapUnserved();
        return app;
    }

    private static IServiceCollection AddStorage(this IServiceCollection services, ServeSettings settings, ClusterSettings? cluster, EventStreamConfig window) =>
        cluster is null ? services.AddDataFolder(settings, window) : services.AddDatabase(window);
}
