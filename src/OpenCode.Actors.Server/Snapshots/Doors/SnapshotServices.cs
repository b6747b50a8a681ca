using Microsoft.Extensions.DependencyInjection.Extensions;
using OpenCode.Actors.Server.Config;
using OpenCode.Actors.Server.Locations.Doors;
using OpenCode.Actors.Sessions.Snapshots;
using OpenCode.Actors.Sessions.Tools.Changes;
using OpenCode.Actors.Sessions.Tools.Paths;

namespace OpenCode.Actors.Server.Snapshots.Doors;

/// <summary>Registration of the snapshots of files.</summary>
internal static class SnapshotServices
{
    public static IServiceCollection AddSnapshots(this IServiceCollection services, string dataFolder)
    {
        services.TryAddSingleton<ISnapshots>(provider => new GitSnapshots(
            Path.TrimEndingDirectorySeparator(Path.GetFullPath(dataFolder)), provider.GetRequiredService<ConfigCatalog>(), provider.GetRequiredService<IFileStore>(), provider.GetRequiredService<FileChanges>(), provider.GetRequiredService<GitProcess>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<GitSnapshots>>()));
        return services;
    }
}
