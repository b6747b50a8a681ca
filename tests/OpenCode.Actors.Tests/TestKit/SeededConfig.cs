using Akka.Configuration;

namespace OpenCode.Actors.Tests.TestKit;

/// <summary>The configuration of a <see cref="SeededSystem"/>: one dispatcher, the virtual scheduler, no logger that is an actor, no real timers at the end.</summary>
internal static class SeededConfig
{
    // A logger that is an actor makes the start wait for an answer that no thread can give.
    public static Config Default { get; } = ConfigurationFactory.ParseString($$"""
        akka {
          loggers = []
          stdout-loglevel = OFF
          loglevel = WARNING
          log-dead-letters = off
          log-dead-letters-during-shutdown = off
          scheduler.implementation = "{{NameOf<VirtualScheduler>()}}"
          loggers-dispatcher = "akka.actor.default-dispatcher"
          io.pinned-dispatcher = "akka.actor.default-dispatcher"
          coordinated-shutdown {
            run-by-clr-shutdown-hook = off
            run-by-actor-system-terminate = off
            terminate-actor-system = off
          }
          stream.materializer {
            dispatcher = "akka.actor.default-dispatcher"
            blocking-io-dispatcher = "akka.actor.default-dispatcher"
          }
          test.test-actor.dispatcher = "akka.actor.default-dispatcher"
          test.calling-thread-dispatcher = "akka.actor.default-dispatcher"
          actor {
            creation-timeout = 1s
            default-dispatcher { type = "{{NameOf<SeededDispatcherConfigurator>()}}" }
            internal-dispatcher = "akka.actor.default-dispatcher"
            default-blocking-io-dispatcher = "akka.actor.default-dispatcher"
            default-fork-join-dispatcher = "akka.actor.default-dispatcher"
            task-dispatcher = "akka.actor.default-dispatcher"
            synchronized-dispatcher = "akka.actor.default-dispatcher"
          }
        }
        """)
        .WithFallback(Akka.TestKit.TestKitBase.DefaultConfig)
        .WithFallback(Akka.Streams.ActorMaterializer.DefaultConfig())
        .WithFallback(ConfigurationFactory.Default());

    private static string NameOf<T>() => $"{typeof(T).FullName}, {typeof(T).Assembly.GetName().Name}";
}
