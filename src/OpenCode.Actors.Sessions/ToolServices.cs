using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Sessions.Files;
using OpenCode.Actors.Sessions.Files.Doors;
using OpenCode.Actors.Sessions.Tools;
using OpenCode.Actors.Sessions.Tools.Bash;
using OpenCode.Actors.Sessions.Tools.Doors;

namespace OpenCode.Actors.Sessions;

/// <summary>Registration of the tools.</summary>
public static class ToolServices
{
    /// <summary>Adds the built-in tools and the door to processes.</summary>
    /// <param name="services">The services; logging is registered too.</param>
    /// <param name="node">The name of this node, for errors that are its own; null when there is no other.</param>
    /// <param name="store">The path of the server's own store, whose files are closed to models; null when there is none on this machine.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddTools(this IServiceCollection services, string? node = null, string? store = null)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IProcessHost>(provider => new PosixProcessHost(new ToolProcessOptions { Node = node }, provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<IFileWork>(provider => new PooledFileWork(new MachineFiles(store), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<IToolbox>(static provider => new BuiltInToolbox(
            provider.GetRequiredService<IProcessHost>(), new BashOptions(), provider.GetRequiredService<ILogger<BashToolActor>>()));
        return services;
    }
}
