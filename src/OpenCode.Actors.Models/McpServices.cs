using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OpenCode.Actors.Models.Mcp;
using OpenCode.Actors.Sessions.Tools.Servers;

namespace OpenCode.Actors.Models;

/// <summary>Registration of the door to MCP servers.</summary>
public static class McpServices
{
    /// <summary>Adds it. Needs the tools to be registered too.</summary>
    /// <param name="services">The services.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddMcp(this IServiceCollection services)
    {
        services.TryAddSingleton<IToolServerConnector, McpConnector>();
        return services;
    }
}
