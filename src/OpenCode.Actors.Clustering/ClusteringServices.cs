using Akka.Actor;
using Akka.Hosting;
using Akka.Remote.Transport.DotNetty;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenCode.Actors.Clustering.Entry;
using OpenCode.Actors.Clustering.Members;
using OpenCode.Actors.Clustering.Members.Doors;
using OpenCode.Actors.Clustering.Metrics;
using OpenCode.Actors.Clustering.Security;
using OpenCode.Actors.Clustering.Settings;
using OpenCode.Actors.Clustering.Shards;
using OpenCode.Actors.Clustering.Status;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions;
using OpenCode.Actors.Sessions.Index;
using OpenCode.Actors.Sessions.Journal;
using OpenCode.Actors.Sessions.Live;
using OpenCode.Actors.Sessions.Region;
using OpenCode.Actors.Sessions.Setup;
using OpenCode.Actors.Streams.Clients;

namespace OpenCode.Actors.Clustering;

/// <summary>Registration of a node: <c>services.AddClustering(...)</c> for options and services, <c>akka.AddCluster(...)</c> for the actors, in place of <c>akka.AddSessions()</c>.</summary>
public static class ClusteringServices
{
    /// <summary>Adds a node's services, before or after those of the sessions, which it changes. Needs metrics, an <see cref="IArbiter"/>, an <see cref="IJournal"/> and the sessions to be registered too.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets the options of the node.</param>
    /// <param name="declaredDead">Ends the process with exit code 6 within 1 s, without a drain. Gets the reason.</param>
    /// <param name="cutOff">Ends running tools: neither the database nor any other node has answered for 5 s. Null for none.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddClustering(
        this IServiceCollection services, Action<ClusterNodeOptions> configure, Action<IServiceProvider, string> declaredDead, Action<IServiceProvider>? cutOff = null)
    {
        services.AddOptions<ClusterNodeOptions>().Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ClusterNodeOptions>, ClusterNodeOptionsRules>());
        services.TryAddSingleton<ClusterMetrics>();
        services.TryAddSingleton(static provider => ClusterTls.SetupOf(provider.GetRequiredService<IOptions<ClusterNodeOptions>>().Value.Secrets));
        services.TryAddSingleton<IPortProbe>(static provider => new TcpPortProbe(provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<DotNettySslSetup>()));
        services.TryAddSingleton(provider => new NodeStanding(provider.GetRequiredService<TimeProvider>(), reason => declaredDead(provider, reason)));
        services.Replace(ServiceDescriptor.Singleton(static provider => provider.GetRequiredService<NodeStanding>().Availability));
        services.TryAddSingleton(static provider => new ShardClaims(
            provider.GetRequiredService<IArbiter>(),
            provider.GetRequiredService<IJournal>(),
            provider.GetRequiredService<NodeStanding>(),
            provider.GetRequiredService<ClusterMetrics>(),
            provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<IShardClaims>(static provider => provider.GetRequiredService<ShardClaims>());
        services.TryAddSingleton(provider => new ClusterNode(new ClusterParts(
            provider.GetRequiredService<IOptions<ClusterNodeOptions>>().Value,
            provider.GetRequiredService<IArbiter>(),
            provider.GetRequiredService<IJournal>(),
            provider.GetRequiredService<NodeStanding>(),
            provider.GetRequiredService<ShardClaims>(),
            provider.GetRequiredService<ClusterMetrics>(),
            provider.GetRequiredService<IPortProbe>(),
            () => cutOff?.Invoke(provider),
            provider.GetRequiredService<IEntropy>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>())
        {
            Large = provider.GetService<ILargeBodies>() is { } bodies ? new LargeCommands(bodies) : null,
        }));
        services.Replace(ServiceDescriptor.Singleton(static provider => provider.GetRequiredService<ClusterNode>().Share(SessionsServices.MakeSetup(provider))));
        return services;
    }

    /// <summary>
    /// Adds the actors of a node, under the keys that one node has too: the entry under <see cref="SessionRegion"/>, the index, the order barrier. Add it after
    /// the event streams. It joins by <see cref="AddClusterJoin"/>.
    /// </summary>
    /// <param name="akka">The actor system; its name is <c>opencode</c> on all nodes.</param>
    /// <param name="provider">The services.</param>
    /// <returns>The actor system.</returns>
    public static AkkaConfigurationBuilder AddCluster(this AkkaConfigurationBuilder akka, IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<ClusterNodeOptions>>().Value;
        var node = provider.GetRequiredService<ClusterNode>();
        akka.AddHocon(AkkaSettings.Of(options), HoconAddMode.Prepend);
        akka.AddSetup(node.Verdicts);
        akka.AddSetup(provider.GetRequiredService<DotNettySslSetup>());
        akka.WithActors(async (system, registry, _) => await StartAsync(system, registry, provider, node));
        return akka;
    }

    /// <summary>Lets the node join at the start of the host. Add it behind the actor system: the host's services start in their order, the web server last.</summary>
    /// <remarks>Not a startup task of Akka.Hosting: that writes what went wrong to stdout.</remarks>
    /// <param name="services">The services.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddClusterJoin(this IServiceCollection services) => services.AddHostedService<JoinAtStart>();

    /// <summary>Starts the sessions of a node: the journal's actor, and what <see cref="ClusterNode"/> starts.</summary>
    internal static Task<ClusterActors> StartSessionsAsync(ActorSystem system, ClusterNode node, SessionSetup setup, IActorRef? hub)
    {
        var journal = system.ActorOf(
            JournalActor.PropsFor(setup.Journal, new AppendLedger(), setup.Metrics, setup.Loggers.CreateLogger<JournalActor>(), setup.Claims, setup.Traces), "journal");
        return node.StartAsync(
            system, id => SessionActor.PropsFor(id, journal, setup), entry => system.ActorOf(SessionIndexActor.PropsFor(entry, setup), "index"), hub);
    }

    private static async Task StartAsync(ActorSystem system, IActorRegistry registry, IServiceProvider provider, ClusterNode node)
    {
        var setup = provider.GetRequiredService<SessionSetup>();
        var actors = await StartSessionsAsync(system, node, setup, registry.TryGet<StreamHubActor>(out var hub) ? hub : null);
        registry.Register<SessionRegion>(actors.Entry);
        registry.Register<SessionIndexKey>(actors.Index);
        registry.Register<OrderBarrier>(actors.Barrier, overwrite: true);
        registry.Register<ClusterViewActor>(actors.Status);
        system.RegisterOnTermination(provider.GetRequiredService<ActorsEnd>().Set);
    }
}
