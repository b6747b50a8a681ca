using OpenCode.Actors.Server.Config;
using OpenCode.Actors.Sessions.Tools.Servers;

namespace OpenCode.Actors.Server.Models;

/// <summary>The MCP servers of each location's configuration.</summary>
internal sealed class ConfiguredToolServers(ConfigCatalog configs) : IToolServerConfig
{
    public IReadOnlyList<ToolServerSpec> For(string directory)
    {
        try
        {
            return configs.For(directory).Values.McpServers;
        }
        catch (ConfigException)
        {
            return []; // Prompts are refused with the mistakes.
        }
    }
}
