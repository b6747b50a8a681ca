using System.Diagnostics.Metrics;
using Akka;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Ids.Doors;
using OpenCode.Actors.Streams.Clients;
using OpenCode.Actors.Streams.Frames;
using OpenCode.Actors.Streams.Log;
using OpenCode.Actors.Streams.Metrics;
using OpenCode.Actors.Streams.Repaints;
using OpenCode.Actors.Streams.Settings;

namespace OpenCode.Actors.Streams;

/// <summary>Puts the event streams into a host.</summary>
public static class EventStreamServices
{
    /// <summary>Adds options, metrics and the log of the event streams. Their actors come with <see cref="AddEventStreams(AkkaConfigurationBuilder, string?)"/>.</summary>
    /// <param name="services">The services, an <see cref="IJournal"/> among them.</param>
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
            .Validate(o => o.MaxStreams is >= 1 and <= 1_000_000, "server.limits.streams: give 1 to 1000000.");

        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IEntropy>(SystemEntropy.Instance);
        services.TryAddSingleton(provider => new IdFactory(provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<IEntropy>().Fill));
        services.TryAddSingleton(provider => new EventStreamMetrics(provider.GetService<IMeterFactory>()));
        services.TryAddSingleton(provider => new EventLog(
            provider.GetRequiredService<IJournal>(), provider.GetRequiredService<IOptions<EventStreamOptions>>().Value));
        return services;
    }

    /// <summary>Adds the actors of the event streams, under the keys <see cref="EventLogActor"/>, <see cref="StreamHubActor"/> and <see cref="OrderBarrier"/>. They follow the <see cref="IJournal"/> of the services.</summary>
    /// <param name="akka">The actor system.</param>
    /// <param name="resetPhase">The phase of the shutdown in which the streams are reset; null for <c>service-stop</c>. In a cluster they stay until the sessions are handed over.</param>
    /// <returns>The same.</returns>
    public static AkkaConfigurationBuilder AddEventStreams(this AkkaConfigurationBuilder akka, string? resetPhase = null)
    {
        ArgumentNullException.ThrowIfNull(akka);
        return akka.WithActors((system, registry, services) =>
        {
            var log = services.GetService<EventLog>();
            var metrics = services.GetService<EventStreamMetrics>();
            var loggers = services.GetService<ILoggerFactory>();
            metrics.Watch(log.Ring);

            var logActor = system.ActorOf(EventLogActor.PropsFor(log, loggers), "log");
            registry.Register<EventLogActor>(logActor);

            var time = services.GetService<TimeProvider>();
            var repaints = system.ActorOf(RepaintActor.PropsFor(log, services.GetService<IPendingRequests>(), time, loggers.CreateLogger<RepaintActor>()), "repaints");
            var setup = new SseClientSetup(
                log, logActor, new StreamEvents(services.GetService<IdFactory>()), services.GetService<IOptions<EventStreamOptions>>().Value, metrics,
                time, loggers, repaints, services.GetService<JournalTraces>());
            var hub = system.ActorOf(StreamHubActor.PropsFor(setup), "clients");
            registry.Register<StreamHubActor>(hub);
            registry.Register<OrderBarrier>(hub);
            DrainAtShutdown(system, hub, resetPhase ?? CoordinatedShutdown.PhaseServiceStop);
        });
    }

    // After the sessions have closed their turns, and before the web server stops: it would wait for the open responses.
    private static void DrainAtShutdown(ActorSystem system, IActorRef hub, string phase)
    {
        // A client that was reset does not hold the shutdown up: the phase has a timeout, and no answer is waited for longer.
        var shutdown = CoordinatedShutdown.Get(system);
        var timeout = shutdown.Timeout(phase);
        shutdown.AddTask(phase, "reset-streams", async () =>
        {
            await hub.Ask<StreamHubActor.Drained>(new StreamHubActor.Drain(), timeout);
            return Done.Instance;
        });
    }
}
