using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Sessions.Agents;
using OpenCode.Actors.Sessions.Files;
using OpenCode.Actors.Sessions.Files.Doors;
using OpenCode.Actors.Sessions.Permissions;
using OpenCode.Actors.Sessions.Permissions.Doors;
using OpenCode.Actors.Sessions.Skills;
using OpenCode.Actors.Sessions.Tools;
using OpenCode.Actors.Sessions.Tools.Bash;
using OpenCode.Actors.Sessions.Tools.Changes;
using OpenCode.Actors.Sessions.Tools.Doors;
using OpenCode.Actors.Sessions.Tools.Edit;
using OpenCode.Actors.Sessions.Tools.Glob;
using OpenCode.Actors.Sessions.Tools.Grep;
using OpenCode.Actors.Sessions.Tools.List;
using OpenCode.Actors.Sessions.Tools.Outputs;
using OpenCode.Actors.Sessions.Tools.Outputs.Doors;
using OpenCode.Actors.Sessions.Tools.Paths;
using OpenCode.Actors.Sessions.Tools.Paths.Doors;
using OpenCode.Actors.Sessions.Tools.Read;
using OpenCode.Actors.Sessions.Tools.Servers;
using OpenCode.Actors.Sessions.Tools.Skills;
using OpenCode.Actors.Sessions.Tools.Tasks;
using OpenCode.Actors.Sessions.Tools.Todos;
using OpenCode.Actors.Sessions.Tools.WebFetch;
using OpenCode.Actors.Sessions.Tools.WebFetch.Doors;
using OpenCode.Actors.Sessions.Tools.Write;

namespace OpenCode.Actors.Sessions;

/// <summary>Registration of the tools.</summary>
public static class ToolServices
{
    private const string Search = "search";

    /// <summary>Adds the built-in tools and the doors to processes and files.</summary>
    /// <param name="services">The services; logging is registered too.</param>
    /// <param name="node">The name of this node, for errors that are its own; null when there is no other.</param>
    /// <param name="store">The path of the server's own store, whose files are closed to models; null when there is none on this machine.</param>
    /// <param name="outputs">The folder for long outputs of commands; by default one below the folder for temporary files.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddTools(this IServiceCollection services, string? node = null, string? store = null, string? outputs = null)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<SecretVariables>();
        services.TryAddSingleton<IProcessHost>(provider => new PosixProcessHost(
            new ToolProcessOptions { Node = node, Secrets = provider.GetRequiredService<SecretVariables>() }, provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<IFileTree>(_ => new ExactFiles(new MachineFiles(store)));
        services.TryAddSingleton<IFileWork>(provider => FileThreads.Pooled(new MachineFiles(store), provider.GetRequiredService<TimeProvider>()));
        services.TryAddKeyedSingleton<IFileWork>(Search, static (provider, _) => FileThreads.Searching(provider.GetRequiredService<IFileTree>(), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<IOutputFolder>(provider => new OutputFolder(outputs ?? Path.Combine(Path.GetTempPath(), "opencode-actors-tool-output"), provider.GetRequiredService<TimeProvider>()));
        services.AddHostedService<OutputSweeper>();
        services.TryAddSingleton<IFileStore, DiskStore>();
        services.TryAddSingleton<IPathFacts, DiskPaths>();
        services.TryAddSingleton<ReadStamps>();
        services.TryAddSingleton<FileChanges>();
        services.TryAddSingleton<IWebPages, HttpWebPages>();

        services.AddSingleton<ITool>(static provider => new BashTool(
            provider.GetRequiredService<IProcessHost>(), provider.GetRequiredService<IOutputFolder>(), new BashOptions(), provider.GetRequiredService<ILogger<BashToolActor>>()));
        services.AddSingleton<ITool, ReadTool>();
        services.AddSingleton<ITool>(static provider => ActivatorUtilities.CreateInstance<GlobTool>(provider, provider.GetRequiredKeyedService<IFileWork>(Search)));
        services.AddSingleton<ITool>(static provider => ActivatorUtilities.CreateInstance<GrepTool>(provider, provider.GetRequiredKeyedService<IFileWork>(Search)));
        services.AddSingleton<ITool, ListTool>();
        services.AddSingleton<ITool, EditTool>();
        services.AddSingleton<ITool, WriteTool>();
        services.AddSingleton<ITool, TodoWriteTool>();
        services.AddSingleton<ITool, TodoReadTool>();
        services.AddSingleton<ITool>(static provider => new TaskTool(new ChildSessions(provider.GetRequiredService<ISessions>, provider.GetRequiredService<IAgentCatalog>, provider.GetRequiredService<IToolbox>)));
        services.AddSingleton<ITool, WebFetchTool>();
        services.AddSingleton<ITool>(static provider => new SkillTool(provider.GetRequiredService<ISkillCatalog>, provider.GetRequiredService<IFileWork>()));
        services.TryAddSingleton<IToolbox>(static provider => new Toolbox(provider.GetServices<ITool>(), provider.GetService<ToolServers>()));
        return services;
    }

    /// <summary>Adds the tools of MCP servers. Needs their configuration and the door to them too.</summary>
    internal static IServiceCollection AddToolServers(this IServiceCollection services)
    {
        services.TryAddSingleton(static provider => new ToolServers(
            provider.GetRequiredService<IToolServerConfig>(),
            () => provider.GetRequiredService<IRequiredActor<ToolServersKey>>().ActorRef,
            provider.GetRequiredService<IOutputFolder>(),
            provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<ToolServerContents>();
        return services;
    }

    /// <summary>Adds the actor of the MCP servers of this node. Without a door to them there is none.</summary>
    /// <param name="akka">The actor system.</param>
    /// <returns>The actor system.</returns>
    public static AkkaConfigurationBuilder AddToolServers(this AkkaConfigurationBuilder akka) => akka.WithActors(static (system, registry, services) =>
    {
        if (services.GetService<IToolServerConnector>() is { } connector)
        {
            registry.Register<ToolServersKey>(system.ActorOf(
                ToolServersActor.PropsFor(connector, services.GetService<TimeProvider>(), services.GetService<ILogger<ToolServersActor>>()), "tool-servers"));
        }
    });
}
