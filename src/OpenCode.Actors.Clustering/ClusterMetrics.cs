using System.Diagnostics.Metrics;

namespace OpenCode.Actors.Clustering;

/// <summary>What a node counts of its membership.</summary>
public sealed class ClusterMetrics : IDisposable
{
    private readonly Meter _meter;
    private readonly Counter<long> _takeovers;
    private readonly Counter<long> _lost;
    private readonly Counter<long> _handovers;
    private readonly Counter<long> _looksFailed;
    private readonly Counter<long> _renewalsFailed;

    /// <summary>Initializes a new instance of the <see cref="ClusterMetrics"/> class.</summary>
    /// <param name="meters">Makes the meter; one of its own when null.</param>
    public ClusterMetrics(IMeterFactory? meters = null)
    {
        _meter = meters?.Create("OpenCode.Actors.Clustering") ?? new Meter("OpenCode.Actors.Clustering");
        _takeovers = _meter.CreateCounter<long>("opencode.cluster.takeovers", "{member}", "Members that this node has declared dead.");
        _lost = _meter.CreateCounter<long>("opencode.cluster.incarnations.lost", "{incarnation}", "Times that this node was declared dead.");
        _handovers = _meter.CreateCounter<long>("opencode.cluster.handovers", "{shard}", "Shards that this node has given to others.");
        _looksFailed = _meter.CreateCounter<long>("opencode.cluster.looks.failed", "{look}", "Looks at the database that failed.");
        _renewalsFailed = _meter.CreateCounter<long>("opencode.cluster.renewals.failed", "{renewal}", "Renewals of the lease that failed.");
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    internal void Watch(ClusterState state)
    {
        _meter.CreateObservableGauge("opencode.cluster.lease.age", () => state.LeaseAge.TotalSeconds, "s", "Time since the last renewal that was answered was sent.");
        _meter.CreateObservableGauge("opencode.cluster.shards", () => state.OpenShards, "{shard}", "Shards that are open on this node.");
        _meter.CreateObservableGauge("opencode.cluster.members", () => state.View.Members.Count, "{member}", "Members that are not dead, as of the last look.");
    }

    internal void TookOver() => _takeovers.Add(1);

    internal void IncarnationLost() => _lost.Add(1);

    internal void HandedOver(int shards) => _handovers.Add(shards);

    internal void LookFailed() => _looksFailed.Add(1);

    internal void RenewalFailed() => _renewalsFailed.Add(1);
}
