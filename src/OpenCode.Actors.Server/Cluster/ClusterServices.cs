using Microsoft.Extensions.DependencyInjection.Extensions;
using OpenCode.Actors.Clustering;
using OpenCode.Actors.Postgres.Membership;
using OpenCode.Actors.Server.Cluster.Forwarding;
using OpenCode.Actors.Server.Cluster.Forwarding.Doors;
using OpenCode.Actors.Server.Cluster.Secrets;
using OpenCode.Actors.Server.Endpoints;
using OpenCode.Actors.Server.Locations;
using OpenCode.Actors.Server.Storage;
using OpenCode.Actors.Sessions.Sharding;
using OpenCode.Actors.Streams;

namespace OpenCode.Actors.Server.Cluster;

/// <summary>What makes a server a node of a cluster.</summary>
internal static class ClusterServices
{
    /// <summary>Adds it; the journal is <see cref="DatabaseServices"/>'. A server that is to be alone stays as it is.</summary>
    public static IServiceCollection AddNode(this IServiceCollection services, ClusterSettings? settings)
    {
        if (settings is null)
            return services;

        services.AddSingleton(settings).AddSingleton(new NodeSecrets(settings.Secrets));
        services.AddSingleton<CommandGate>().AddSingleton<NodeGate>();
        services.AddSingleton<IShardWatch, LostShards>().AddSingleton<RegionShardHost>().AddSingleton<IShardHost>(static provider => provider.GetRequiredService<RegionShardHost>());
        services.TryAddSingleton<INodeHttp, NodeHttp>();
        services.AddSingleton<ForwardingMetrics>().AddSingleton<CutOffNodes>().AddSingleton<Forwarder>().AddSingleton<RemoteDeletion>().AddSingleton<OtherNodes>().AddSingleton<SecretCheck>();
        services.AddHostedService<ClusterWatch>().AddHostedService<JournalPulse>().AddHostedService<HandOverFirst>();
        services.AddSingleton<IMembership>(static provider =>
        {
            var opened = provider.GetRequiredService<OpenedDatabase>();
            return new PostgresMembership(opened.Database, () => opened.Journal.Head);
        });
        services.Configure<EventStreamOptions>(static streams => streams.DrainMs = 1_000); // its clients knock at the other nodes one after the other
        services.AddClustering(static _ => { });
        services.AddOptions<ClusterOptions>().Configure<OpenedDatabase, LocationResolver>((options, database, locations) =>
        {
            options.Name = settings.Node;
            options.Url = settings.Url;
            options.Tag = database.Database.Tag;
            options.Version = HealthEndpoints.Version;
            options.DefaultLocation = locations.Default.Path;
            options.ShardCount = Shard.Count;
            options.MovesPerSecond = settings.MovesPerSecond;
        });
        return services;
    }

    /// <summary>Brings requests to the nodes that own their sessions. A server that is alone passes all of them on as they are.</summary>
    public static void UseForwarding(this IApplicationBuilder app)
    {
        if (app.ApplicationServices.GetService<ClusterSettings>() is null)
            return;

        app.Use(next => ActivatorUtilities.CreateInstance<ForwardingMiddleware>(app.ApplicationServices, next).InvokeAsync);
    }
}
