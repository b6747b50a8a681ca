using System.Collections.Immutable;
using Akka.Actor;
using OpenCode.Actors.Clustering.Draining;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions;
using OpenCode.Actors.Sessions.Index;
using OpenCode.Actors.Sessions.Region;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Clustering.Draining;

public sealed class DrainActorTests : ClusterKit
{
    private readonly HubProbe _region;
    private readonly HubProbe _index;
    private readonly HubProbe _asker;
    private readonly SessionId _here;
    private readonly SessionId _elsewhere;
    private readonly IActorRef _drain;

    public DrainActorTests()
    {
        (_region, _index, _asker) = (CreateProbe(), CreateProbe(), CreateProbe());
        var ids = new IdFactory(Time, Entropy.Fill);
        (_here, _elsewhere) = (ids.NewSession(), ids.NewSession());
        _drain = Spawn(DrainActor.PropsFor(new DrainSetup(_region.Ref, _index.Ref, id => id == _here, TimeSpan.FromSeconds(1), Logs)));
    }

    [Fact]
    public void Without_an_open_turn_here_the_drain_is_over_at_once()
    {
        _drain.Tell(DrainActor.Drain.Instance, _asker.Ref);
        Answer(_elsewhere);

        _asker.Expect<DrainActor.Drained>();
        _region.ExpectNothing();
    }

    [Fact]
    public void A_turn_that_ends_within_its_window_is_left_alone()
    {
        _drain.Tell(DrainActor.Drain.Instance, _asker.Ref);
        Answer(_here);
        Answer(_here);
        _asker.ExpectNothing();
        Answer();

        _asker.Expect<DrainActor.Drained>();
        _region.ExpectNothing(TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void A_turn_that_outlives_its_window_is_closed()
    {
        _drain.Tell(DrainActor.Drain.Instance, _asker.Ref);
        var began = Time.GetTimestamp();
        while (_region.Count == 0)
            Answer(_here);

        Assert.InRange(Time.GetElapsedTime(began), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1.1));
        Assert.Equal(_here, _region.Expect<Deliver>(deliver => deliver.Command is SessionActor.Quiesce).SessionId);
        _drain.Tell(new SessionActor.Quiesced(), _region.Ref);
        Answer();
        _asker.Expect<DrainActor.Drained>();
    }

    private void Answer(params SessionId[] open)
    {
        _index.Expect<SessionIndexActor.ListStatus>();
        _drain.Tell(new SessionIndexActor.Statuses(open.ToImmutableDictionary(id => id, _ => SessionStatus.Busy)), _index.Ref);
        RunDry();
    }
}
