using OpenCode.Actors.Server.Config;
using OpenCode.Actors.Server.Skills;
using OpenCode.Actors.Sessions.Agents;
using OpenCode.Actors.Sessions.Instructions;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Skills;
using OpenCode.Actors.Sessions.Tools.Servers;

namespace OpenCode.Actors.Server.Models;

/// <summary>Registration of the configuration for sessions: models, agents with their rules, and instructions.</summary>
internal static class ConfigurationServices
{
    public static IServiceCollection AddConfiguration(this IServiceCollection services, ConfigCatalog configs, string dataFolder)
    {
        if (configs.Files.Keys is { } keys)
            services.AddSingleton(keys);

        return services
            .AddSingleton(configs)
            .AddSingleton(configs.Secrets)
            .AddSingleton(new BuiltInAgents(Path.Combine(dataFolder, "tool-output")))
            .AddSingleton<IModelCatalog, ConfiguredModels>()
            .AddSingleton<ConfiguredAgents>()
            .AddSingleton<IAgentCatalog>(static services => services.GetRequiredService<ConfiguredAgents>())
            .AddSingleton<ISkillCatalog, ConfiguredSkills>()
            .AddSingleton<IToolServerConfig, ConfiguredToolServers>()
            .AddSingleton<IInstructionConfig, ConfiguredInstructions>();
    }
}
