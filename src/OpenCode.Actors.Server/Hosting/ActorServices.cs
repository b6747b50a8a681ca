using Akka.Actor;
using Akka.Configuration;
using Akka.Hosting;
using OpenCode.Actors.Clustering;
using OpenCode.Actors.Server.Settings;
using OpenCode.Actors.Sessions;
using OpenCode.Actors.Streams;

namespace OpenCode.Actors.Server.Hosting;

/// <summary>The actor system: its settings, and the features whose actors run in it.</summary>
internal static class ActorServices
{
    private const string SystemName = "opencode";

    // The shutdown begins with the host's own stop (GracefulStop). By default Akka begins it in a hook of the process's end, before the host stops.
    // The phases have 5 s in all: what a turn needs to close, what streams need to send their last frames, what actors need to stop.
    // Akka writes to stdout before its loggers run and after they have stopped: stdout belongs to the line that launchers wait for.
    private static readonly Akka.Configuration.Config _settings = ConfigurationFactory.ParseString(
        """
        akka {
          stdout-loglevel = OFF
          log-dead-letters = off
          log-dead-letters-during-shutdown = off
          coordinated-shutdown {
            exit-clr = off
            run-by-clr-shutdown-hook = off
            phases {
              service-requests-done.timeout = 2s
              service-stop.timeout = 1500ms
              actor-system-terminate.timeout = 1s
            }
          }
        }
        """);

    /// <summary>Adds the actor system. Its actors start with the host, before the port is open, and need the opened journal.</summary>
    public static IServiceCollection AddActors(this IServiceCollection services)
    {
        services.AddSingleton<ActorMetrics>();
        return services.AddAkka(SystemName, static (akka, provider) =>
        {
            akka.AddHocon(_settings, HoconAddMode.Prepend);
            foreach (var replaced in provider.GetServices<Akka.Configuration.Config>())
                akka.AddHocon(replaced, HoconAddMode.Prepend);

            akka.ConfigureLoggers(static loggers =>
                {
                    loggers.ClearLoggers();
                    loggers.LogLevel = Akka.Event.LogLevel.WarningLevel;
                    loggers.AddLoggerFactory();
                })
                .AddActorMetrics()
                .AddToolServers();

            // A node hands its sessions over first: their last events go out on streams that are still open.
            if (provider.GetService<ClusterSettings>() is null)
                akka.AddEventStreams().AddSessions();
            else
                akka.AddEventStreams(CoordinatedShutdown.PhaseClusterShutdown).AddCluster(provider);
        });
    }
}
