using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Event;
using OpenCode.Actors.Clustering.Metrics;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Sessions.Readiness;

namespace OpenCode.Actors.Clustering.Status;

/// <summary>Tells people and metrics how the cluster is, as this node sees it: members, shards, rows.</summary>
/// <remarks>A look at the cluster takes at most 1 s: what has not answered by then is left out of the view. A question during a look gets the result of that look.</remarks>
internal sealed class ClusterViewActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan _metricsInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(1);

    private readonly ClusterViewSetup _setup;
    private readonly List<IActorRef> _askers = [];
    private readonly CancellationTokenSource _stopped = new();
    private Look _look = new(0, HasShards: true, HasRows: true);

    public ClusterViewActor(ClusterViewSetup setup)
    {
        _setup = setup;

        Receive<GetView>(_ => OnGetView());
        Receive<Due>(_ => BeginIfIdle());
        Receive<ClusterShardingStats>(OnShards);
        Receive<RowsRead>(OnRows);
        Receive<TimeOver>(OnTimeOver);
    }

    /// <summary>Asks how the cluster is. Answered by <see cref="ClusterView"/> within 1 s.</summary>
    public sealed record GetView;

    private sealed record Due;

    private sealed record RowsRead(int Look, ClusterRows? Rows) : IDeadLetterSuppression;

    private sealed record TimeOver(int Look);

    private sealed record Look(int Number, bool HasShards = false, bool HasRows = false, Dictionary<string, int>? Shards = null, ClusterRows? Rows = null)
    {
        public bool IsOver => HasShards && HasRows;
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    public static Props PropsFor(ClusterViewSetup setup) => Props.Create(() => new ClusterViewActor(setup));

    protected override void PreStart()
    {
        Timers.StartPeriodicTimer(nameof(Due), new Due(), _metricsInterval);
        BeginIfIdle();
    }

    protected override void PostStop()
    {
        _stopped.Cancel();
        _stopped.Dispose();
    }

    private void OnGetView()
    {
        _askers.Add(Sender);
        BeginIfIdle();
    }

    private void BeginIfIdle()
    {
        if (!_look.IsOver)
            return;

        var number = _look.Number + 1;
        _look = new Look(number);
        Timers.StartSingleTimer(nameof(TimeOver), new TimeOver(number), _limit);
        _setup.Region.Tell(new GetClusterShardingStats(_limit));
        ReadRowsAsync(_stopped.Token).PipeTo(Self, success: rows => new RowsRead(number, rows), failure: _ => new RowsRead(number, Rows: null));
    }

    private async Task<ClusterRows> ReadRowsAsync(CancellationToken cancellationToken) => await _setup.ReadRows(cancellationToken);

    // A late answer to the look before is as good.
    private void OnShards(ClusterShardingStats message)
    {
        if (_look.HasShards)
            return;

        var shards = message.Regions.ToDictionary(static region => region.Key.ToString(), static region => region.Value.Stats.Count, StringComparer.Ordinal);
        _look = _look with { HasShards = true, Shards = shards };
        EndIfDone();
    }

    private void OnRows(RowsRead message)
    {
        if (message.Look != _look.Number || _look.HasRows)
            return;

        _look = _look with { HasRows = true, Rows = message.Rows };
        EndIfDone();
    }

    private void OnTimeOver(TimeOver message)
    {
        if (message.Look != _look.Number || _look.IsOver)
            return;

        _look = _look with { HasShards = true, HasRows = true };
        EndIfDone();
    }

    private void EndIfDone()
    {
        if (!_look.IsOver)
            return;

        Timers.Cancel(nameof(TimeOver));
        var members = _setup.Members().Select(member => member with { Shards = ShardsOf(member) }).ToArray();
        _setup.Metrics.SawMembers(members.Count(static member => member.IsUp));
        if (_look.Rows is { } rows)
            _setup.Metrics.SawRows(_setup.Me, rows);

        var view = new ClusterView(_setup.Me, _setup.Availability.Now, members, _look.Rows);
        foreach (var asker in _askers)
            asker.Tell(view);
        _askers.Clear();
    }

    private int? ShardsOf(MemberLine member) => _look.Shards?.TryGetValue(member.Address, out var count) == true ? count : null;
}

/// <summary>What the view needs.</summary>
/// <param name="Me">This node.</param>
/// <param name="Members">Reads Akka's members: <see cref="MemberLine.Of"/>.</param>
/// <param name="Region">Akka's shard region; it answers <see cref="GetClusterShardingStats"/>.</param>
/// <param name="ReadRows">Reads the rows; what it throws means that the database does not answer.</param>
/// <param name="Availability">What this node may do.</param>
/// <param name="Metrics">Notes what was seen.</param>
internal sealed record ClusterViewSetup(
    NodeIdentity Me,
    Func<IReadOnlyList<MemberLine>> Members,
    IActorRef Region,
    Func<CancellationToken, ValueTask<ClusterRows>> ReadRows,
    NodeAvailability Availability,
    ClusterMetrics Metrics);
