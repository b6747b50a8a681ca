using Akka.Actor.Setup;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Clustering.Members;
using OpenCode.Actors.Clustering.Metrics;
using OpenCode.Actors.Journal.Nodes;

namespace OpenCode.Actors.Clustering.Downing;

/// <summary>What <see cref="VerdictActor"/> needs, as a part of the actor system's setup: Akka makes the actor.</summary>
internal sealed class VerdictSetup(
    IArbiter arbiter, NodeStanding standing, IPortProbe probe, Func<long> position, ClusterMetrics metrics, TimeProvider time, ILoggerFactory loggers) : Setup
{
    public IArbiter Arbiter => arbiter;

    public NodeStanding Standing => standing;

    public IPortProbe Probe => probe;

    /// <summary>Gets how far this node has read the log.</summary>
    public Func<long> Position => position;

    public ClusterMetrics Metrics => metrics;

    public TimeProvider Time => time;

    public ILoggerFactory Loggers => loggers;
}
