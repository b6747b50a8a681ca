using Microsoft.Extensions.DependencyInjection.Extensions;
using OpenCode.Actors.Server.Locations.Files;
using OpenCode.Actors.Server.Locations.Vcs;
using OpenCode.Actors.Sessions.Permissions.Doors;
using OpenCode.Actors.Sessions.Tools;

namespace OpenCode.Actors.Server.Locations.Doors;

/// <summary>Registration of locations and projects.</summary>
internal static class LocationServices
{
    public static IServiceCollection AddLocations(this IServiceCollection services, string workingFolder)
    {
        services.TryAddSingleton<IFolderTree, MachineFolderTree>();
        services.TryAddSingleton<SecretVariables>();
        services.TryAddSingleton<GitProcess>();
        services.TryAddSingleton<IGit, MachineGit>();
        services.AddSingleton(provider => new LocationResolver(provider.GetRequiredService<IFolderTree>(), workingFolder));
        services.TryAddSingleton<IFiles, MachineFiles>();
        services.AddSingleton<ProjectCatalog>().AddSingleton<WorkingTree>().AddSingleton<LocationFiles>().AddSingleton<TextSearch>();
        services.TryAddSingleton(UserFolders.Of(Environment.GetEnvironmentVariable, UserHome.Path, Environment.UserName));
        return services;
    }
}
