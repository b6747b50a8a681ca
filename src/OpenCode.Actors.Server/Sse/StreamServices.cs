using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Server.Config;
using OpenCode.Actors.Server.Endpoints;
using OpenCode.Actors.Server.Publishing;
using OpenCode.Actors.Streams;

namespace OpenCode.Actors.Server.Sse;

/// <summary>What endpoints need of streams, sessions and the journal.</summary>
internal static class StreamServices
{
    public static IServiceCollection AddEventStreams(this IServiceCollection services, OpenCodeConfig config) => services.AddEventStreams(options =>
    {
        options.HeartbeatMs = config.EventStream.HeartbeatMs;
        options.RingBytes = config.EventStream.RingBytes;
        options.WriteTimeoutMs = config.EventStream.WriteTimeoutMs;
        options.MaxStreams = config.Limits.Streams;
    });

    public static IServiceCollection AddEndpoints(this IServiceCollection services) => services
        .AddSingleton(provider => new IdFactory(provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<IEntropy>().Fill))
        .AddSingleton<EventPublisher>()
        .AddSingleton<FlushBarrier>()
        .AddSingleton<ISseWriterFactory, KestrelSseWriterFactory>()
        .AddSingleton<TurnEnds>();
}
