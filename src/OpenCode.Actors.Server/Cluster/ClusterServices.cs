using OpenCode.Actors.Clustering;
using OpenCode.Actors.Clustering.Settings;
using OpenCode.Actors.Clustering.Shards;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Server.Locations;
using OpenCode.Actors.Server.Settings;
using OpenCode.Actors.Server.Storage;
using OpenCode.Actors.Sessions.Readiness;
using OpenCode.Actors.Sessions.Tools;
using OpenCode.Actors.Storage.Postgres.Batches;
using OpenCode.Actors.Storage.Postgres.Nodes;

namespace OpenCode.Actors.Server.Cluster;

/// <summary>What makes a server a node of a cluster.</summary>
internal static class ClusterServices
{
    /// <summary>Lets the node join once its actors have started.</summary>
    public static IServiceCollection AddJoin(this IServiceCollection services, ClusterSettings? settings) => settings is null ? services : services.AddClusterJoin();

    /// <summary>Adds it; the journal is that of <see cref="DatabaseServices"/>. A server that is to be alone stays as it is.</summary>
    public static IServiceCollection AddNode(this IServiceCollection services, ClusterSettings? settings)
    {
        if (settings is null)
            return services;

        services.AddSingleton(settings).AddSingleton(static provider => new DrainingWaits(
            provider.GetRequiredService<NodeAvailability>(), provider.GetRequiredService<ShardClaims>().Has, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IArbiter>(static provider => new PostgresArbiter(
            provider.GetRequiredService<OpenedDatabase>().Database,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>(),
            provider.GetRequiredService<PostgresMetrics>()));
        services.AddSingleton<ILargeBodies>(static provider => new PostgresLargeBodies(provider.GetRequiredService<OpenedDatabase>().Database));
        services.AddSingleton<ISharedConfig>(static provider => new PostgresSharedConfig(provider.GetRequiredService<OpenedDatabase>().Database));
        services.AddSingleton<SharedPatches>().AddHostedService<SharedPatchesFollower>().AddHostedService<HandOverBeforeStop>();
        services.AddSingleton<DeadNode>();
        services.AddClustering(
            options => settings.CopyTo(options),
            static (provider, reason) => provider.GetRequiredService<DeadNode>().End(reason),
            static provider => provider.GetRequiredService<IProcessHost>().KillAll());
        services.AddOptions<ClusterNodeOptions>().Configure<OpenedDatabase, LocationResolver>(static (options, database, locations) =>
        {
            options.ConnectionTag = database.Database.Tag;
            options.Location = locations.Default.Path;
        });
        return services;
    }
}
