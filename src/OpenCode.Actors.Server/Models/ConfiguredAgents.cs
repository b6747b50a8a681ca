using System.Runtime.CompilerServices;
using OpenCode.Actors.Server.Config;
using OpenCode.Actors.Sessions.Agents;

namespace OpenCode.Actors.Server.Models;

/// <summary>The agents of each location's configuration.</summary>
/// <remarks>With files that were broken meanwhile no door opens: prompts are refused with the mistakes, and tools of turns under way are denied.</remarks>
internal sealed class ConfiguredAgents(ConfigCatalog configs, BuiltInAgents builtIn) : IAgentCatalog
{
    private readonly ConditionalWeakTable<EffectiveConfig, LocationAgents> _made = [];

    public LocationAgents For(string directory)
    {
        try
        {
            return Of(configs.For(directory));
        }
        catch (ConfigException e)
        {
            return builtIn.With([]) with { Fault = e.Message };
        }
    }

    /// <summary>Makes the agents of a configuration.</summary>
    public LocationAgents Of(EffectiveConfig config) => _made.GetValue(config, Make);

    private LocationAgents Make(EffectiveConfig config)
    {
        var agents = AgentList.Of(builtIn, config.Values, configs.Files.Home);
        return config.Mistakes.Count == 0 ? agents : agents with { Fault = new ConfigException(config.Mistakes).Message };
    }
}
