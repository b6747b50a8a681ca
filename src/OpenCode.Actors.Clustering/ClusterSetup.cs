using Microsoft.Extensions.Logging;
using OpenCode.Actors.Clustering.Looks;

namespace OpenCode.Actors.Clustering;

/// <summary>What the actors of the cluster work with.</summary>
internal sealed record ClusterSetup(
    ClusterState State,
    IMembership Membership,
    IShardHost Host,
    IReachability Reachability,
    ClusterOptions Options,
    TimeProvider Time,
    ClusterMetrics Metrics,
    ILoggerFactory Loggers);
