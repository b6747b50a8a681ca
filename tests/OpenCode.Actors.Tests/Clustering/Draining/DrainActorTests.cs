using System.Collections.Immutable;
using Akka.Actor;
using OpenCode.Actors.Clustering.Draining;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Index;
using OpenCode.Actors.Sessions.Region;
using OpenCode.Actors.Sessions.Setup;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Clustering.Draining;

public sealed class DrainActorTests : ClusterKit
{
    private readonly HubProbe _region;
    private readonly HubProbe _index;
    private readonly HubProbe _asker;
    private readonly SessionId _here;
    private readonly SessionId _elsewhere;
    private readonly NodeDrain _drained = new();
    private readonly IActorRef _drain;

    public DrainActorTests()
    {
        (_region, _index, _asker) = (CreateProbe(), CreateProbe(), CreateProbe());
        var ids = new IdFactory(Time, Entropy.Fill);
        (_here, _elsewhere) = (ids.NewSession(), ids.NewSession());
        _drain = Spawn(DrainActor.PropsFor(new DrainSetup(_region.Ref, _index.Ref, id => id == _here, _drained, TimeSpan.FromSeconds(1), Logs)));
    }

    [Fact]
    public void Without_an_open_turn_here_the_drain_is_over_at_once()
    {
        _drain.Tell(new DrainActor.Drain(), _asker.Ref);
        Answer(_elsewhere);

        _asker.Expect<DrainActor.Drained>();
        _region.ExpectNothing();
        Assert.True(_drained.HasBegun);
    }

    [Fact]
    public void A_turn_that_only_waits_for_its_user_or_has_not_begun_is_not_waited_for()
    {
        _drain.Tell(new DrainActor.Drain(), _asker.Ref);
        Answer(_here);
        ExpectQuestion();
        _asker.ExpectNothing();

        _drain.Tell(new Quiet(_here), _region.Ref);
        Answer(_here); // Its status is what it was.

        _asker.Expect<DrainActor.Drained>();
        _region.ExpectNothing(TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void A_turn_that_was_opened_while_another_one_was_waited_for_is_asked_about_too()
    {
        var other = new IdFactory(Time, Entropy.Fill).NewSession();
        var drain = Spawn(DrainActor.PropsFor(new DrainSetup(_region.Ref, _index.Ref, _ => true, _drained, TimeSpan.FromSeconds(1), Logs)));
        drain.Tell(new DrainActor.Drain(), _asker.Ref);
        Answer(drain, _here);
        ExpectQuestion();
        drain.Tell(new Quiet(_here), _region.Ref);
        Answer(drain, _here, other);

        Assert.Equal(other, _region.Expect<Deliver>().SessionId);
        _asker.ExpectNothing();
        drain.Tell(new Quiet(other), _region.Ref);
        Answer(drain, _here, other);

        _asker.Expect<DrainActor.Drained>();
    }

    [Fact]
    public void A_turn_that_ends_within_its_window_is_left_alone()
    {
        _drain.Tell(new DrainActor.Drain(), _asker.Ref);
        Answer(_here);
        ExpectQuestion();
        Answer(_here);
        _asker.ExpectNothing();
        Answer();

        _asker.Expect<DrainActor.Drained>();
        _region.ExpectNothing(TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void A_turn_that_outlives_its_window_is_closed()
    {
        _drain.Tell(new DrainActor.Drain(), _asker.Ref);
        var began = Time.GetTimestamp();
        Answer(_here);
        ExpectQuestion();
        while (_region.Count == 0)
            Answer(_here);

        Assert.InRange(Time.GetElapsedTime(began), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1.1));
        ExpectQuestion(); // The first one may have been lost.
        Assert.Equal(_here, _region.Expect<Deliver>(deliver => deliver.Command is Quiesce).SessionId);
        _drain.Tell(new Quiesced(), _region.Ref);
        _asker.ExpectNothing();
        _drain.Tell(new Quiet(_here), _region.Ref);
        Answer();
        _asker.Expect<DrainActor.Drained>();
    }

    [Fact]
    public void A_turn_whose_end_has_no_room_does_not_hold_it_up()
    {
        _drain.Tell(new DrainActor.Drain(), _asker.Ref);
        Answer(_here);
        ExpectQuestion();
        while (_region.Count < 2)
            Answer(_here);

        _drain.Tell(new StorageFull(0, 1), _region.Ref);
        _drain.Tell(new Quiet(_here), _region.Ref);
        Answer(_here);

        _asker.Expect<DrainActor.Drained>();
    }

    [Fact]
    public void An_index_that_cannot_answer_is_asked_again()
    {
        _drain.Tell(new DrainActor.Drain(), _asker.Ref);
        _index.Expect<IndexQuery.ListStatus>();
        _index.Reply(new Unavailable("away", TimeSpan.FromSeconds(1)));
        Answer();

        _asker.Expect<DrainActor.Drained>();
    }

    private void ExpectQuestion() => Assert.Equal(_here, _region.Expect<Deliver>(deliver => deliver.Command is AwaitQuiet).SessionId);

    private void Answer(params SessionId[] open) => Answer(_drain, open);

    private void Answer(IActorRef drain, params SessionId[] open)
    {
        _index.Expect<IndexQuery.ListStatus>();
        drain.Tell(new IndexQuery.Statuses(open.ToImmutableDictionary(id => id, _ => SessionStatus.Busy)), _index.Ref);
        RunDry();
    }
}
