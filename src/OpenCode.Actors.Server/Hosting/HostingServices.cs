using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Console;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Ids.Doors;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Server.Answers;
using OpenCode.Actors.Server.CommandLine;
using OpenCode.Actors.Server.Config;
using OpenCode.Actors.Server.Edge;
using OpenCode.Actors.Server.Errors;
using OpenCode.Actors.Server.Settings;

namespace OpenCode.Actors.Server.Hosting;

/// <summary>The host itself: log lines, signals, Kestrel, JSON.</summary>
internal static class HostingServices
{
    /// <summary>How long a stop may take, whatever clients do.</summary>
    public static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(5);

    /// <summary>One line a log entry, to stderr: stdout belongs to the line that launchers wait for.</summary>
    public static ILoggingBuilder AddLogLines(this ILoggingBuilder logging, LogLevel level)
    {
        var others = level > LogLevel.Warning ? level : LogLevel.Warning;
        logging.SetMinimumLevel(level).AddFilter("Microsoft", others)
            .AddFilter("Npgsql", others) // has a line for every statement
            .AddFilter("Yarp", LogLevel.None) // has two for every request, and a stack for each holder that ends
            .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical) // why a start failed says ServeCommand, in a sentence
            .AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None); // It makes an unused activity for each request: the scope is ErrorMiddleware's.
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.IncludeScopes = true;
            console.TimestampFormat = "HH:mm:ss.fff ";
            console.ColorBehavior = LoggerColorBehavior.Disabled;
        });
        logging.Services.Configure<ConsoleLoggerOptions>(console =>
        {
            console.LogToStandardErrorThreshold = LogLevel.Trace;
            console.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite; // A slow reader of the log holds up no request.
        });
        logging.Services.Configure<LoggerFactoryOptions>(factory => factory.ActivityTrackingOptions = ActivityTrackingOptions.None);
        return logging;
    }

    public static IServiceCollection AddHost(this IServiceCollection services)
    {
        services.Configure<HostOptions>(host => host.ShutdownTimeout = StopWithin);
        services.AddSingleton<IHostLifetime, SignalLifetime>();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IEntropy>(SystemEntropy.Instance);
        services.AddRoutingCore();
        services.Configure<RouteHandlerOptions>(handlers => handlers.ThrowOnBadRequest = true);
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Clear(); // Only a package needs contracts by reflection; here they would come before those of ServerJson.
            ProtocolJson.Configure(json.SerializerOptions);
            json.SerializerOptions.AllowDuplicateProperties = false; // Of two values one would be ignored silently.
            json.SerializerOptions.Converters.Add(new JsonObjectBody());
            json.SerializerOptions.TypeInfoResolverChain.Add(ServerJson.Default);
        });
        return services;
    }

    public static IWebHostBuilder UseHttp(this IWebHostBuilder web, ServeSettings settings, LimitsConfig limits)
    {
        var connections = new ConnectionCount(limits.Connections);
        return web.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = limits.BodyBytes;
            kestrel.Listen(settings.IsLocalName ? IPAddress.Loopback : IPAddress.Parse(settings.Hostname), settings.Port, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                listen.Use(next => connection => connections.CountAsync(connection, next));
                listen.Use(next => connection => RefusalBodies.UseAsync(connection, next));
            });
        });
    }

    public static IServiceCollection AddGracefulStop(this IServiceCollection services) =>
        services.AddSingleton<GracefulStop>().AddHostedService(provider => provider.GetRequiredService<GracefulStop>());
}
