using System.Diagnostics.Metrics;

namespace OpenCode.Actors.Server.Cluster.Forwarding;

/// <summary>What a node counts of the requests it sends on, and whether it is suspended.</summary>
internal sealed class ForwardingMetrics
{
    private readonly Counter<long> _forwarded;
    private readonly Counter<long> _repeated;
    private readonly Counter<long> _unowned;

    public ForwardingMetrics(IMeterFactory meters, NodeGate gate)
    {
        var meter = meters.Create("OpenCode.Actors.Server.Cluster");
        _forwarded = meter.CreateCounter<long>("opencode.cluster.commands.forwarded", "{request}", "Requests sent to the node that owns their session, repetitions included.");
        _repeated = meter.CreateCounter<long>("opencode.cluster.commands.repeated", "{request}", "Requests sent again because their node was lost on the way.");
        _unowned = meter.CreateCounter<long>("opencode.cluster.commands.unowned", "{request}", "Requests refused because nobody owned their shard for too long.");
        meter.CreateObservableGauge("opencode.cluster.suspended", () => gate.Reason is null ? 0 : 1, "{node}", "1 while this node takes no commands.");
    }

    public void Forwarded(bool isRepeated)
    {
        _forwarded.Add(1);
        if (isRepeated)
            _repeated.Add(1);
    }

    public void Unowned() => _unowned.Add(1);
}
