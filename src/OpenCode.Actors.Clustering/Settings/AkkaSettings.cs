using System.Globalization;
using System.Text;
using Akka.Cluster.Sharding;
using Akka.Cluster.Tools.Singleton;
using Akka.Configuration;
using Akka.DistributedData;
using OpenCode.Actors.Clustering.Downing;
using OpenCode.Actors.Clustering.Security;
using OpenCode.Actors.Clustering.Wire;

namespace OpenCode.Actors.Clustering.Settings;

/// <summary>The settings of Akka's cluster: times of failure detection, sharding and shutdown, addresses, serializers.</summary>
internal static class AkkaSettings
{
    /// <summary>The name of the actor system, and of the cluster: a part of the address of each node.</summary>
    public const string SystemName = "opencode";

    // Akka drops a frame over the limit with a log line only, so messages between nodes are measured before they are sent.
    // Batching: what is written while a read is said to be in progress waits for its end, and with TLS that end is sometimes never said: one of fifteen new connections stood still until
    // its time was over, which delayed joining by 2 s and could end in a verdict. Without it as many messages pass.
    // Shutdown: turns get their window and half a second to be closed, then the region is handed over, then the node leaves and the
    // streams are reset. At most 6 s in all.
    private const string Fixed =
        """
        akka {
          actor.provider = cluster
          extensions = []
          cluster {
            gossip-interval = 100ms
            leader-actions-interval = 100ms
            unreachable-nodes-reaper-interval = 100ms
            periodic-tasks-initial-delay = 50ms
            retry-unsuccessful-join-after = 1s
            shutdown-after-unsuccessful-join-seed-nodes = off
            allow-weakly-up-members = off
            log-info = off
            run-coordinated-shutdown-when-down = off
            failure-detector {
              heartbeat-interval = 250ms
              acceptable-heartbeat-pause = 1500ms
              expected-response-after = 250ms
            }
            singleton {
              hand-over-retry-interval = 100ms
              min-number-of-hand-over-retries = 100
            }
            sharding {
              state-store-mode = ddata
              remember-entities = off
              passivate-idle-entity-after = off
              retry-interval = 200ms
              coordinator-failure-backoff = 500ms
              shard-start-timeout = 500ms
              shard-failure-backoff = 500ms
              entity-restart-backoff = 200ms
              handoff-timeout = 8s
              rebalance-interval = 1s
              waiting-for-state-timeout = 500ms
              updating-state-timeout = 1s
              buffer-size = 1000
              coordinator-state {
                write-majority-plus = 0
                read-majority-plus = 0
              }
              distributed-data {
                majority-min-cap = 2
                durable.keys = []
                gossip-interval = 200ms
                notify-subscribers-interval = 50ms
              }
            }
            distributed-data.durable.keys = []
          }
          remote {
            retry-gate-closed-for = 100ms
            backoff-interval = 10ms
            resend-interval = 300ms
            flush-wait-on-shutdown = 200ms
            log-remote-lifecycle-events = off
            dot-netty.tcp {
              connection-timeout = 2s
              maximum-frame-size = 1MiB
              send-buffer-size = 2MiB
              receive-buffer-size = 2MiB
              batching.enabled = off
            }
          }
          coordinated-shutdown {
            exit-clr = off
            run-by-clr-shutdown-hook = off
            default-phase-timeout = 100ms
            phases {
              service-requests-done.timeout = 2s
              cluster-sharding-shutdown-region.timeout = 1s
              cluster-leave.timeout = 500ms
              cluster-exiting.timeout = 500ms
              cluster-exiting-done.timeout = 200ms
              cluster-shutdown.timeout = 1200ms
              actor-system-terminate.timeout = 500ms
            }
          }
        }
        """;

    /// <summary>Makes the settings of a node.</summary>
    /// <param name="options">The options, checked.</param>
    /// <returns>All that Akka needs, beside the TLS key and our own setup.</returns>
    public static Config Of(ClusterNodeOptions options) => ConfigurationFactory.ParseString(Own(options))
        .WithFallback(ConfigurationFactory.ParseString(Fixed))
        .WithFallback(ClusterSharding.DefaultConfig())
        .WithFallback(ClusterSingleton.DefaultConfig())
        .WithFallback(DistributedData.DefaultConfig());

    private static string Own(ClusterNodeOptions options)
    {
        var hocon = new StringBuilder();
        hocon.AppendLine(CultureInfo.InvariantCulture, $"akka.remote.dot-netty.tcp.hostname = \"{options.ListenAddress}\"");
        hocon.AppendLine(CultureInfo.InvariantCulture, $"akka.remote.dot-netty.tcp.port = {options.Port}");
        hocon.AppendLine(CultureInfo.InvariantCulture, $"akka.remote.dot-netty.tcp.public-hostname = \"{options.AdvertisedHost}\"");
        if (options.AdvertisedPort > 0)
            hocon.AppendLine(CultureInfo.InvariantCulture, $"akka.remote.dot-netty.tcp.public-port = {options.AdvertisedPort}");
        hocon.AppendLine("akka.remote.dot-netty.tcp.enable-ssl = on");
        hocon.AppendLine(CultureInfo.InvariantCulture, $"akka.remote.dot-netty.tcp.transport-class = \"{NameOf(typeof(NodeTransport))}\"");

        hocon.AppendLine(CultureInfo.InvariantCulture, $"akka.cluster.downing-provider-class = \"{NameOf(typeof(ArbiterDowning))}\"");
        Serializer(hocon, "opencode", typeof(SessionMessageSerializer), SessionMessageSerializer.Id);
        Serializer(hocon, "json", typeof(RefusingSerializer), RefusingSerializer.Id);
        foreach (var type in MessageKinds.Types)
            hocon.AppendLine(CultureInfo.InvariantCulture, $"akka.actor.serialization-bindings.\"{NameOf(type)}\" = opencode");
        return hocon.ToString();
    }

    private static void Serializer(StringBuilder hocon, string name, Type type, int id)
    {
        hocon.AppendLine(CultureInfo.InvariantCulture, $"akka.actor.serializers.{name} = \"{NameOf(type)}\"");
        hocon.AppendLine(CultureInfo.InvariantCulture, $"akka.actor.serialization-identifiers.\"{NameOf(type)}\" = {id}");
    }

    private static string NameOf(Type type) => $"{type.FullName}, {type.Assembly.GetName().Name}";
}
