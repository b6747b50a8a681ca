using OpenCode.Actors.Clustering.Peers;

namespace OpenCode.Actors.Tests.Clustering.Peers;

/// <summary>Rule "Order barrier": which nodes a barrier waits for, and for how long.</summary>
public sealed class PeerBarrierTests : PeerStreamsKit
{
    [Fact]
    public void Alone_a_node_asks_its_own_hub_which_answers_the_endpoint()
    {
        Ask();

        Hub.Expect(Wait);
        Hub.Reply(Flushed);
        Endpoint.Expect(Flushed);
    }

    [Fact]
    public void All_nodes_are_asked_side_by_side_and_answered_for_at_once()
    {
        Up();

        Ask();

        Assert.Equal((1, 1, 1), (Hub.Count, AtB.Count, AtC.Count));
        Answer(Hub, AtB, AtC);
        Endpoint.Expect(Flushed);
        Assert.Equal(TimeSpan.Zero, Elapsed);
    }

    [Fact]
    public void The_slowest_node_is_waited_for()
    {
        Up();
        Ask();
        Answer(Hub, AtB);
        Say(AtC, new PeerStreamsActor.Waiting());

        Endpoint.ExpectNothing(TimeSpan.FromSeconds(4));
    }

    [Fact]
    public void After_5_s_the_endpoint_is_answered_whatever_is_missing()
    {
        Up();
        Ask();
        Answer(Hub, AtB);
        Say(AtC, new PeerStreamsActor.Waiting());

        Endpoint.ExpectNothing(TimeSpan.FromMilliseconds(4_999));
        Endpoint.Expect(Flushed);
        Assert.Equal(TimeSpan.FromSeconds(5), Elapsed);
    }

    [Fact]
    public void A_node_that_gives_no_sign_is_waited_for_1_s_in_each_round()
    {
        Up();
        Ask();
        Answer(Hub, AtB);

        // A peer was waited for: all are asked once more.
        Time.Advance(TimeSpan.FromSeconds(1));
        Answer(Hub, AtB);
        Endpoint.ExpectNothing(TimeSpan.FromMilliseconds(999));

        Endpoint.Expect(Flushed);
        Assert.Equal(TimeSpan.FromSeconds(2), Elapsed);
    }

    [Fact]
    public void A_node_that_becomes_unreachable_is_waited_for_1_s_more()
    {
        Up();
        Ask();
        Answer(Hub, AtB);
        Say(AtC, new PeerStreamsActor.Waiting());
        Time.Advance(TimeSpan.FromMilliseconds(500));

        Tell(new PeerStreamsActor.PeerUnreachable(C));
        Time.Advance(TimeSpan.FromSeconds(1));

        Answer(Hub, AtB, AtC);
        Endpoint.Expect(Flushed);
        Assert.Equal(TimeSpan.FromMilliseconds(1_500), Elapsed);
    }

    [Fact]
    public void A_node_that_is_heard_again_is_waited_for_on()
    {
        Up();
        Tell(new PeerStreamsActor.PeerUnreachable(C));
        Ask();
        Answer(Hub, AtB);
        Say(AtC, new PeerStreamsActor.Waiting());

        Tell(new PeerStreamsActor.PeerReachable(C));

        Endpoint.ExpectNothing(TimeSpan.FromSeconds(3));
    }

    [Fact]
    public void A_node_that_is_unreachable_when_it_is_asked_is_waited_for_1_s_although_it_gives_a_sign()
    {
        Up();
        Tell(new PeerStreamsActor.PeerUnreachable(C));
        Ask();
        Answer(Hub, AtB);
        Say(AtC, new PeerStreamsActor.Waiting());

        Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(1, AtB.Count); // The second round.
    }
}
