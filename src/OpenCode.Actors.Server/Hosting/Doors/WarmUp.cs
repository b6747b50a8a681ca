using OpenCode.Actors.Server.Telemetry;

namespace OpenCode.Actors.Server.Hosting.Doors;

/// <summary>Makes what the actors and the first request need while the start waits for the disk.</summary>
internal static class WarmUp
{
    /// <summary>Begins to collect metrics and traces, on another thread.</summary>
    /// <param name="app">The server.</param>
    /// <returns>A task that ends when all that is counted is collected: before the actors start.</returns>
    /// <exception cref="Config.ConfigException">The address of the collector is none.</exception>
    public static Task CollectAsync(this WebApplication app) => Task.Run(() => app.Services.GetRequiredService<Collection>().Meters);

    /// <summary>Builds the delegate of each route, with the JSON contracts it reads and writes, on another thread.</summary>
    /// <remarks>The routes build them anew when they are matched first; what takes the time, the code and the contracts, is there by then.</remarks>
    /// <param name="routes">The server, with all routes mapped.</param>
    /// <returns>A task that ends with the last route.</returns>
    public static Task WarmUpRoutesAsync(this IEndpointRouteBuilder routes) => Task.Run(() =>
    {
        foreach (var source in routes.DataSources)
            _ = source.Endpoints;
    });
}
