using System.Diagnostics.Metrics;
using OpenCode.Actors.Journal.Nodes;

namespace OpenCode.Actors.Clustering.Metrics;

/// <summary>What a node counts of the cluster. The gauges read what is connected to them, and what was last seen of members and rows.</summary>
internal sealed class ClusterMetrics : IDisposable
{
    private readonly Meter _meter;
    private readonly Counter<long> _takeovers;
    private readonly Counter<long> _claims;
    private readonly Counter<long> _moves;
    private readonly Counter<long> _resent;
    private readonly Counter<long> _forwarded;
    private readonly Counter<long> _givenUp;
    private readonly UpDownCounter<long> _held;
    private volatile Sight _seen = new(0, 0, []);

    /// <summary>Initializes a new instance of the <see cref="ClusterMetrics"/> class.</summary>
    /// <param name="meters">Makes the meter; one of its own when null.</param>
    public ClusterMetrics(IMeterFactory? meters = null)
    {
        _meter = meters?.Create("OpenCode.Actors.Clustering") ?? new Meter("OpenCode.Actors.Clustering");
        _takeovers = _meter.CreateCounter<long>("opencode.cluster.takeovers", "{member}", "Members that this node removed because they were dead.");
        _claims = _meter.CreateCounter<long>("opencode.cluster.shards.claimed", "{shard}", "Shards that this node claimed, each with its first session here.");
        _moves = _meter.CreateCounter<long>("opencode.cluster.shards.taken_over", "{shard}", "Shards that this node claimed and another one, or another life of this one, had before.");
        _resent = _meter.CreateCounter<long>("opencode.cluster.commands.resent", "{command}", "Commands that were sent to their session again because no answer came.");
        _forwarded = _meter.CreateCounter<long>("opencode.cluster.commands.forwarded", "{command}", "Commands that came to this node and were answered by a session of another one.");
        _meter.CreateObservableGauge("opencode.cluster.members", () => _seen.Members, "{member}", "Members that are up, as this node sees them.");
        _meter.CreateObservableGauge("opencode.cluster.shards", () => ShardsHere(), "{shard}", "Shards with a session on this node.");
        _meter.CreateObservableGauge("opencode.cluster.unowned_shards", () => _seen.Unowned, "{shard}", "Shards whose last owner is dead and which no node has claimed since.");
        _meter.CreateObservableGauge("opencode.cluster.suspended", () => IsSuspended() ? 1 : 0, "{node}", "1 while this node refuses commands because the database does not answer.");
        _meter.CreateObservableGauge("opencode.cluster.tail.lag.events", () => TailLag(), "{event}", "Events behind the head of the database's log that this node had not read at its last look.");
        _givenUp = _meter.CreateCounter<long>("opencode.cluster.commands.given_up", "{command}", "Commands that were refused because no session had answered them before their deadline or the end of this node.");
        _held = _meter.CreateUpDownCounter<long>("opencode.cluster.commands.held", "{command}", "Commands that wait for the answer of their session.");
    }

    /// <summary>Gets or sets what counts the shards with a session here. Any thread calls it.</summary>
    public Func<int> ShardsHere { get; set; } = static () => 0;

    /// <summary>Gets or sets the function that returns whether the node is suspended. Any thread calls it.</summary>
    public Func<bool> IsSuspended { get; set; } = static () => false;

    /// <summary>Gets or sets what counts the entries of the database's log that this node has not read yet. Any thread calls it.</summary>
    public Func<long> TailLag { get; set; } = static () => 0;

    private sealed record Sight(int Members, int Unowned, HashSet<int> Others);

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    /// <summary>A dead member was removed.</summary>
    public void NodeRemoved() => _takeovers.Add(1);

    /// <summary>A shard was claimed.</summary>
    /// <param name="shard">The shard.</param>
    public void ShardClaimed(int shard)
    {
        _claims.Add(1);
        if (_seen.Others.Contains(shard))
            _moves.Add(1);
    }

    /// <summary>A command was sent again.</summary>
    public void CommandResent() => _resent.Add(1);

    /// <summary>A session of another node answered a command.</summary>
    public void CommandForwarded() => _forwarded.Add(1);

    /// <summary>A command was refused without an answer of its session.</summary>
    public void CommandGivenUp() => _givenUp.Add(1);

    /// <summary>More or fewer commands are held.</summary>
    public void CommandsHeld(int change) => _held.Add(change);

    /// <summary>Notes how many members are up.</summary>
    /// <param name="members">How many.</param>
    public void SawMembers(int members) => _seen = _seen with { Members = members };

    /// <summary>Notes what the database says.</summary>
    /// <param name="me">This node.</param>
    /// <param name="rows">The rows.</param>
    public void SawRows(NodeIdentity me, ClusterRows rows) => _seen = _seen with
    {
        Unowned = rows.Unowned.Count,
        Others = rows.Shards.Where(row => row.Owner is { } owner && !owner.IsSameLife(me)).Select(static row => row.Shard).ToHashSet(),
    };
}
