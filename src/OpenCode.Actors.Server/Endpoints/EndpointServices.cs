using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Server.Cluster;
using OpenCode.Actors.Server.Commands;
using OpenCode.Actors.Server.Config;
using OpenCode.Actors.Server.Publishing;
using OpenCode.Actors.Server.Sse;
using OpenCode.Actors.Streams.Repaints;

namespace OpenCode.Actors.Server.Endpoints;

/// <summary>The services that endpoints use of streams, sessions and the journal.</summary>
internal static class EndpointServices
{
    public static IServiceCollection AddEndpoints(this IServiceCollection services) => services
        .AddSingleton(provider => new IdFactory(provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<IEntropy>().Fill))
        .AddSingleton<EventPublisher>()
        .AddSingleton<RefusalEvents>()
        .AddSingleton<FlushBarrier>()
        .AddSingleton<IPendingRequests, PendingRequests>()
        .AddSingleton<ISseWriterFactory, KestrelSseWriterFactory>()
        .AddSingleton(static provider => new ConfigPatching(provider.GetRequiredService<ConfigCatalog>(), provider.GetService<SharedPatches>()))
        .AddSingleton<TurnEnds>()
        .AddSingleton<CommandLines>()
        .AddSingleton<CommandFiles>()
        .AddSingleton<ServedCommands>()
        .AddSingleton<CommandPrompts>();
}
