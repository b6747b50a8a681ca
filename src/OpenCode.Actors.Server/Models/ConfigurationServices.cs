using OpenCode.Actors.Server.Config;
using OpenCode.Actors.Server.Models.Doors;
using OpenCode.Actors.Sessions.Instructions;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Permissions;

namespace OpenCode.Actors.Server.Models;

/// <summary>What sessions take from the configuration: models and permission rules.</summary>
internal static class ConfigurationServices
{
    public static IServiceCollection AddConfiguration(this IServiceCollection services, ConfigCatalog configs, string? dataFolder)
    {
        // A cluster has no folder that all nodes share.
        if (dataFolder is not null)
            services.AddSingleton(new ProviderKeys(dataFolder));

        return services
            .AddSingleton(configs)
            .AddSingleton<IModelCatalog, ConfiguredModels>()
            .AddSingleton<IPermissionConfig, ConfiguredPermissions>()
            .AddSingleton<IInstructionConfig, ConfiguredInstructions>();
    }
}
