namespace OpenCode.Actors.Server.Hosting.Doors;

/// <summary>Makes what the first request needs while the start waits for the disk.</summary>
internal static class RouteWarmUp
{
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
