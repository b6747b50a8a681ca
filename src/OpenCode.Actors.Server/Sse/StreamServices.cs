using OpenCode.Actors.Server.Config;
using OpenCode.Actors.Streams;

namespace OpenCode.Actors.Server.Sse;

/// <summary>The event streams with the settings of the configuration.</summary>
internal static class StreamServices
{
    public static IServiceCollection AddEventStreams(this IServiceCollection services, OpenCodeConfig config) => services.AddEventStreams(options =>
    {
        options.HeartbeatMs = config.EventStream.HeartbeatMs;
        options.RingBytes = config.EventStream.RingBytes;
        options.WriteTimeoutMs = config.EventStream.WriteTimeoutMs;
        options.MaxStreams = config.Limits.Streams;
    });
}
