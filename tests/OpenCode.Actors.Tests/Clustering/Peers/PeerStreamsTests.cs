using Akka.Actor;
using OpenCode.Actors.Clustering.Peers;
using OpenCode.Actors.Streams.Clients;

namespace OpenCode.Actors.Tests.Clustering.Peers;

public sealed class PeerStreamsTests : PeerStreamsKit
{
    [Fact]
    public void A_node_that_resets_its_own_streams_says_so_to_its_endpoint()
    {
        Up();
        Ask();
        Hub.Expect(Wait);
        Hub.Reply(new StreamHubActor.ShuttingDown());

        Endpoint.Expect(new StreamHubActor.ShuttingDown());
    }

    [Fact]
    public void A_wait_that_is_stopped_is_answered()
    {
        Up();
        Ask();

        Sys.Stop(Streams);

        Endpoint.Expect(new StreamHubActor.ShuttingDown());
        Endpoint.ExpectNothing();
    }

    [Fact]
    public void Two_waits_at_the_same_time_do_not_answer_each_other()
    {
        Up();
        Ask();
        Answer(Hub, AtB);
        AtC.Expect(WaitHere);
        var first = AtC.LastSender;
        Ask();
        Answer(Hub, AtB, AtC);
        Endpoint.Expect(Flushed);
        Endpoint.ExpectNothing();

        first.Tell(Flushed, AtC.Ref);

        Endpoint.Expect(Flushed);
    }

    [Fact]
    public void A_barrier_that_fails_answers_and_the_next_one_works()
    {
        Up();
        Ask();
        var barrier = ((ActorRefWithCell)Streams).Children.Single();
        ExpectLog<ActorKilledException>(() => barrier.Tell(Kill.Instance, ActorRefs.NoSender));
        Endpoint.Expect(new StreamHubActor.ShuttingDown());

        _ = (Hub.Expect(Wait), AtB.Expect(WaitHere), AtC.Expect(WaitHere));
        Ask();
        Answer(Hub, AtB, AtC);

        Endpoint.Expect(Flushed);
    }

    [Fact]
    public void A_node_answers_another_one_with_a_sign_at_once_and_then_as_its_hub_does()
    {
        AtB.Send(Streams, WaitHere);

        AtB.Expect(new PeerStreamsActor.Waiting());
        Hub.Expect(Wait);
        Hub.Reply(Flushed);
        AtB.Expect(Flushed);
    }

    [Fact]
    public void What_another_node_asks_is_not_passed_on_to_a_third_one()
    {
        Up();

        AtB.Send(Streams, WaitHere);
        AtB.Send(Streams, new PeerStreamsActor.DisposeHere("/a", 7));
        RunDry();

        Assert.Equal(0, AtC.Count);
    }

    [Fact]
    public void A_location_is_disposed_of_at_all_nodes()
    {
        Up();

        Endpoint.Send(Streams, new StreamHubActor.DisposeLocation("/a", 7));

        Hub.Expect(new StreamHubActor.DisposeLocation("/a", 7));
        AtB.Expect(new PeerStreamsActor.DisposeHere("/a", 7));
        AtC.Expect(new PeerStreamsActor.DisposeHere("/a", 7));
    }

    [Fact]
    public void Another_node_that_disposed_of_a_location_ends_the_streams_of_this_one()
    {
        AtB.Send(Streams, new PeerStreamsActor.DisposeHere("/a", 7));

        Hub.Expect(new StreamHubActor.DisposeLocation("/a", 7));
    }

    [Fact]
    public void News_of_a_node_that_is_not_known_change_nothing()
    {
        Tell(new PeerStreamsActor.PeerGone(B));
        Tell(new PeerStreamsActor.PeerUnreachable(B));
        Tell(new PeerStreamsActor.PeerReachable(B));
        Tell(new PeerStreamsActor.PeerResets(B));
        Ask();

        Answer(Hub);
        Endpoint.Expect(Flushed);
        Assert.Equal(TimeSpan.Zero, Elapsed);
    }
}
