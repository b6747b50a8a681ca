using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenCode.Actors.Clustering.Doors;
using OpenCode.Actors.Clustering.Looks;

namespace OpenCode.Actors.Clustering;

/// <summary>Puts the membership of this node into a host.</summary>
public static class ClusteringServices
{
    /// <summary>Adds <see cref="ICluster"/> and the actors behind it, which join when the host starts, and give everything away and leave when it stops.</summary>
    /// <param name="services">The services; they have to have an <see cref="IMembership"/> and an <see cref="IShardHost"/>.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddClustering(this IServiceCollection services, Action<ClusterOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<ClusterOptions>().Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ClusterOptions>, ClusterOptionsRules>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IReachability>(static provider => new TcpReachability(provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(static provider => new ClusterMetrics(provider.GetService<IMeterFactory>()));
        services.TryAddSingleton(static provider =>
        {
            var state = new ClusterState(provider.GetRequiredService<IOptions<ClusterOptions>>().Value, provider.GetRequiredService<TimeProvider>());
            provider.GetRequiredService<ClusterMetrics>().Watch(state);
            return state;
        });
        services.TryAddSingleton<ICluster>(static provider => provider.GetRequiredService<ClusterState>());
        return services.AddActorSystem("opencode", static builder => builder.WithActors(Start));
    }

    private static void Start(ActorSystem system, ActorRegistry registry, IServiceProvider provider)
    {
        var membership = provider.GetRequiredService<IMembership>();
        var setup = new ClusterSetup(
            provider.GetRequiredService<ClusterState>(),
            membership,
            provider.GetRequiredService<IShardHost>(),
            provider.GetRequiredService<IReachability>(),
            provider.GetRequiredService<IOptions<ClusterOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ClusterMetrics>(),
            provider.GetRequiredService<ILoggerFactory>());
        var cluster = system.ActorOf(ClusterActor.PropsFor(setup), "cluster");
        registry.Register<ClusterActor>(cluster);

        // No limit of their own: all of it has what is left of the time of the shutdown. Before the port is closed: until then the other nodes send here what belongs here.
        system.CoordinatedShutdown.AddTask(ShutdownPhases.BeforeServiceUnbind, "give-shards-away", cancellationToken =>
            Task.WhenAny(setup.Host.Failed, cluster.Ask<ClusterActor.Drained>(ClusterActor.Drain.Instance, Timeout.InfiniteTimeSpan, cancellationToken)));
        system.CoordinatedShutdown.AddTask(ShutdownPhases.ClusterLeave, "leave-cluster", cancellationToken =>
            cluster.Ask<ClusterActor.Left>(ClusterActor.Leave.Instance, Timeout.InfiniteTimeSpan, cancellationToken));
        system.CoordinatedShutdown.AddTask(ShutdownPhases.ClusterShutdown, "close-membership", _ => membership.DisposeAsync().AsTask());
    }
}
