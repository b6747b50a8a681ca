using OpenCode.Actors.Clustering;
using OpenCode.Actors.Journaling;
using OpenCode.Actors.Server.Cluster;
using OpenCode.Actors.Sessions;
using OpenCode.Actors.Sessions.Region;
using OpenCode.Actors.Sessions.Sharding;
using OpenCode.Actors.TestKit;
using OpenCode.Actors.Tests.Streams;

namespace OpenCode.Actors.Tests.Server.Cluster;

public sealed class RegionShardHostTests : ActorKit
{
    private static readonly Fence[] _shards = [new(3, 1)];

    private readonly TestProbe _region;
    private readonly CommandGate _commands;
    private readonly RegionShardHost _host;

    public RegionShardHostTests()
    {
        _region = CreateProbe("sessions");
        _commands = new CommandGate(Time);
        var gate = new NodeGate(_commands);
        gate.Stand(Standing.Serving);
        _host = new RegionShardHost(new Required(_region.Ref), gate, new ScriptedJournal());
    }

    [Fact]
    public async Task What_a_region_was_asked_before_it_began_anew_fails_though_nobody_answers_it_any_more()
    {
        var opening = _host.OpenAsync(_shards, writtenThrough: null, CancellationToken.None).AsTask();
        var closing = _host.CloseAsync([5], abandon: false, CancellationToken.None).AsTask();
        _region.Expect<SessionsActor.OpenShards>();
        _region.Expect<SessionsActor.CloseShards>();
        Time.Advance(TimeSpan.FromMinutes(10)); // No deadline: a session may take long to leave.
        Assert.False(opening.IsCompleted || closing.IsCompleted);

        _host.BeginAnew();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => closing);
        _region.ExpectNothing();
    }

    [Fact]
    public async Task A_region_that_has_begun_anew_answers_what_it_is_asked_from_then_on_also_after_it_has_failed_twice()
    {
        for (var failures = 0; failures < 2; failures++)
        {
            _host.BeginAnew();

            var opening = _host.OpenAsync(_shards, writtenThrough: null, CancellationToken.None).AsTask();
            Assert.Equal(_shards, _region.Expect<SessionsActor.OpenShards>().Shards);
            _region.Reply(new SessionsActor.ShardsOpened());
            RunDry();

            await opening;
        }
    }

    [Fact]
    public void F1_a_region_that_begins_anew_while_the_node_is_suspended_is_told_so()
    {
        _host.Suspend();
        _region.Expect<SessionsActor.Suspend>();

        _host.BeginAnew();

        _region.Expect<SessionsActor.Suspend>();
        Assert.NotNull(_commands.Refusal);

        _host.Resume();
        _region.Expect<SessionsActor.Resume>();
        _host.BeginAnew();
        _region.ExpectNothing();
        Assert.Null(_commands.Refusal);
    }

    protected override void Dispose(bool disposing)
    {
        _host.Dispose();
        base.Dispose(disposing);
    }

    private sealed record Required(IActorRef ActorRef) : IRequiredActor<SessionsKey>;
}
