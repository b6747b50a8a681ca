using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster.Sharding;
using OpenCode.Actors.Clustering.Metrics;
using OpenCode.Actors.Clustering.Status;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Sessions.Readiness;
using OpenCode.Actors.Tests.Sessions;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Clustering.Status;

public sealed class ClusterViewActorTests : HubTestKit
{
    private static readonly NodeRow _n1 = SomeRows.Node("n1", 11);
    private static readonly NodeRow _n2 = SomeRows.Node("n2", 22);
    private static readonly MemberLine[] _members = [new(_n1.Description.Identity.Address, 11, "Up", IsReachable: true), new(_n2.Description.Identity.Address, 22, "Leaving", IsReachable: false)];

    private readonly CountingMeters _meters = new();
    private readonly HubProbe _region;
    private readonly HubProbe _asker;
    private readonly TaskCompletionSource<ClusterRows> _rows = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ClusterViewActorTests()
    {
        _region = CreateProbe("region");
        _asker = CreateProbe("asker");
    }

    [Fact]
    public void The_view_has_members_with_their_shards_rows_and_standing()
    {
        var actor = Start(rows: SomeRows.Of([_n1, _n2], (0, _n1)));

        _asker.Send(actor, new ClusterViewActor.GetView());
        AnswerShards((_n1, 3));

        var view = _asker.Expect<ClusterView>();
        Assert.Equal(NodeState.Ready, view.Availability.State);
        Assert.Equal(_n1.Description.Identity, view.Me);
        Assert.Equal([3, null], view.Members.Select(static member => member.Shards));
        Assert.Equal(2, view.Rows!.Nodes.Count);
        Assert.Equal(TimeSpan.Zero, new TimeSpan(Time.GetTimestamp()));
    }

    [Fact]
    public void What_does_not_answer_within_1_s_is_left_out()
    {
        var actor = Start(rows: null);
        _asker.Send(actor, new ClusterViewActor.GetView());

        _asker.ExpectNothing(TimeSpan.FromMilliseconds(999));
        var view = _asker.Expect<ClusterView>();

        Assert.Null(view.Rows);
        Assert.All(view.Members, static member => Assert.Null(member.Shards));
    }

    [Fact]
    public void A_database_that_is_away_leaves_the_rows_out_at_once()
    {
        var actor = Spawn(PropsWith(_ => throw new ArbiterAwayException("away")));
        _asker.Send(actor, new ClusterViewActor.GetView());
        AnswerShards((_n1, 1));

        Assert.Null(_asker.Expect<ClusterView>().Rows);
        Assert.Equal(TimeSpan.Zero, new TimeSpan(Time.GetTimestamp()));
    }

    [Fact]
    public void Who_asks_during_a_look_gets_its_view_and_a_late_answer_spoils_nothing()
    {
        var actor = Start(rows: SomeRows.Of([_n1]));
        _asker.Send(actor, new ClusterViewActor.GetView());
        _asker.Send(actor, new ClusterViewActor.GetView());
        Time.Advance(TimeSpan.FromSeconds(1));
        _asker.Expect<ClusterView>();
        _asker.Expect<ClusterView>();

        AnswerShards((_n1, 7));
        _asker.ExpectNothing();

        _asker.Send(actor, new ClusterViewActor.GetView());
        AnswerShards((_n1, 4));
        Assert.Equal(4, _asker.Expect<ClusterView>().Members[0].Shards);
    }

    [Fact]
    public void Metrics_are_told_every_5_s_without_anyone_asking()
    {
        var metrics = new ClusterMetrics(_meters);
        Spawn(ClusterViewActor.PropsFor(Setup(metrics, _ => ValueTask.FromResult(SomeRows.Of([_n1], (0, _n2))))));
        AnswerShards((_n1, 1));
        metrics.ShardClaimed(0);
        Assert.Equal(1, _meters.Count("opencode.cluster.shards.taken_over"));

        Time.Advance(TimeSpan.FromSeconds(5));

        _region.Expect<GetClusterShardingStats>();
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _meters.Dispose();
    }

    private IActorRef Start(ClusterRows? rows)
    {
        if (rows is not null)
            _rows.SetResult(rows);
        return Spawn(PropsWith(_ => new ValueTask<ClusterRows>(_rows.Task)));
    }

    private Props PropsWith(Func<CancellationToken, ValueTask<ClusterRows>> readRows) => ClusterViewActor.PropsFor(Setup(new ClusterMetrics(_meters), readRows));

    private ClusterViewSetup Setup(ClusterMetrics metrics, Func<CancellationToken, ValueTask<ClusterRows>> readRows) =>
        new(_n1.Description.Identity, static () => _members, _region.Ref, readRows, new NodeAvailability(Time), metrics);

    private void AnswerShards(params (NodeRow Node, int Shards)[] regions)
    {
        _region.Expect<GetClusterShardingStats>();
        _region.Reply(new ClusterShardingStats(regions.ToImmutableDictionary(
            static region => Address.Parse(region.Node.Description.Identity.Address),
            static region => new ShardRegionStats(
                Enumerable.Range(0, region.Shards).ToImmutableDictionary(static shard => $"{shard}", static _ => 1), ImmutableHashSet<string>.Empty))));
        RunDry();
    }
}
