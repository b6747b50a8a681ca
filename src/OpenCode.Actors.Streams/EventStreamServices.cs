using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenCode.Actors.Journaling;
using OpenCode.Actors.Streams.Log;
using OpenCode.Actors.Streams.Subscribers;

namespace OpenCode.Actors.Streams;

/// <summary>Puts the event streams into a host.</summary>
public static class EventStreamServices
{
    // The shutdown has 5 s in all; a client that was reset does not hold it up.
    private static readonly TimeSpan _drainTimeout = TimeSpan.FromSeconds(3);

    /// <summary>Adds the log's tail and the subscribers to the actor system. They start with the host and follow the <see cref="IJournal"/> of the services.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets the options from the configuration.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddEventStreams(this IServiceCollection services, Action<EventStreamOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<EventStreamOptions>()
            .Configure(options => configure?.Invoke(options))
            .ValidateOnStart()
            .Validate(o => o.HeartbeatMs is >= 1_000 and <= 60_000, "server.event_stream.heartbeat_ms: give 1000 to 60000 (milliseconds).")
            .Validate(o => o.RingBytes is >= 1L << 20 and <= 16L << 30, "server.event_stream.ring_bytes: give 1048576 (1 MiB) to 17179869184 (16 GiB).")
            .Validate(o => o.WriteTimeoutMs is >= 1_000 and <= 600_000, "server.event_stream.write_timeout_ms: give 1000 to 600000 (milliseconds).")
            .Validate(o => o.HeadStartMs is >= 0 and <= 1_000, "HeadStartMs: give 0 to 1000 (milliseconds).")
            .Validate(o => o.DrainMs is >= 0 and <= 2_000, "DrainMs: give 0 to 2000 (milliseconds).")
            .Validate(o => o.MaxStreams is >= 1 and <= 1_000_000, "server.limits.streams: give 1 to 1000000.");

        services.TryAddSingleton(provider => new EventStreamMetrics(provider.GetService<IMeterFactory>()));
        services.TryAddSingleton(provider => new EventLog(
            provider.GetRequiredService<IJournal>(), provider.GetRequiredService<IOptions<EventStreamOptions>>().Value));
        return services.AddActorSystem("opencode", static system => system.WithActors(Start));
    }

    private static void Start(ActorSystem system, ActorRegistry registry, IServiceProvider provider)
    {
        var log = provider.GetRequiredService<EventLog>();
        var options = provider.GetRequiredService<IOptions<EventStreamOptions>>().Value;
        var metrics = provider.GetRequiredService<EventStreamMetrics>();
        var loggers = provider.GetRequiredService<ILoggerFactory>();
        metrics.Watch(log.Ring);

        var logActor = system.ActorOf(EventLogActor.PropsFor(log, loggers), "log");
        registry.Register<EventLogActor>(logActor);

        var subscribers = system.ActorOf(SubscribersActor.PropsFor(log, logActor, options, metrics, loggers), "subscribers");
        registry.Register<SubscribersActor>(subscribers);
        system.CoordinatedShutdown.AddTask(ShutdownPhases.ServiceStop, "reset-streams", cancellationToken =>
            subscribers.Ask<SubscribersActor.Drained>(SubscribersActor.Drain.Instance, _drainTimeout, cancellationToken));
    }
}
