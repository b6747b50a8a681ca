using OpenCode.Actors.Clustering.Peers;
using OpenCode.Actors.Streams.Clients;

namespace OpenCode.Actors.Tests.Clustering.Peers;

/// <summary>Rule "Order barrier": clients whose node is lost or stops, and that may be back at another one.</summary>
public sealed class LostPeerTests : PeerStreamsKit
{
    [Fact]
    public void A_node_that_is_gone_is_not_waited_for_but_its_clients_are_for_2_s_at_all_nodes()
    {
        Up();
        Ask();
        Answer(Hub, AtB);
        Time.Advance(TimeSpan.FromMilliseconds(300));

        Tell(new PeerStreamsActor.PeerGone(C));
        Endpoint.ExpectNothing(TimeSpan.FromMilliseconds(1_999));
        Assert.Equal(0, AtB.Count);
        Time.Advance(TimeSpan.FromMilliseconds(1));

        // By now its client has a stream at B, which is waited for.
        Answer(Hub);
        Say(AtB, new PeerStreamsActor.Waiting());
        Endpoint.ExpectNothing(TimeSpan.FromMilliseconds(400));
        AtB.Reply(Flushed);
        Endpoint.Expect(Flushed);
        Assert.Equal(TimeSpan.FromMilliseconds(2_700), Elapsed);
    }

    [Fact]
    public void Clients_of_a_node_that_was_lost_a_moment_before_are_awaited_for_the_rest_of_2_s()
    {
        Up();
        Tell(new PeerStreamsActor.PeerGone(C));
        Time.Advance(TimeSpan.FromMilliseconds(1_500));

        Ask();
        Answer(Hub, AtB);
        Endpoint.ExpectNothing(TimeSpan.FromMilliseconds(499));
        Time.Advance(TimeSpan.FromMilliseconds(1));
        Answer(Hub, AtB);

        Endpoint.Expect(Flushed);
        Assert.Equal(0, AtC.Count);
    }

    [Fact]
    public void The_last_node_waits_for_the_clients_of_the_one_before_at_its_own_hub()
    {
        Tell(new PeerStreamsActor.PeerUp(B, AtB.Ref));
        Tell(new PeerStreamsActor.PeerGone(B));

        Ask();
        Answer(Hub);
        Time.Advance(TimeSpan.FromSeconds(2));
        Answer(Hub);

        Endpoint.Expect(Flushed);
    }

    [Fact]
    public void Clients_of_a_node_that_was_lost_2_s_ago_are_not_awaited()
    {
        Up();
        Tell(new PeerStreamsActor.PeerGone(C));
        Time.Advance(TimeSpan.FromSeconds(2));

        Ask();
        Answer(Hub, AtB);

        Endpoint.Expect(Flushed);
        Assert.Equal(TimeSpan.FromSeconds(2), Elapsed);
    }

    [Fact]
    public void A_client_that_its_node_waited_for_may_be_back_at_another_one_so_all_are_asked_again()
    {
        Up();
        Ask();
        Answer(Hub, AtB);
        Say(AtC, new PeerStreamsActor.Waiting());
        Time.Advance(TimeSpan.FromMilliseconds(600));
        AtC.Reply(Flushed);

        Answer(Hub, AtB, AtC);

        Endpoint.Expect(Flushed);
        Assert.Equal(TimeSpan.FromMilliseconds(600), Elapsed);
    }

    [Fact]
    public void A_round_that_waited_for_no_peer_is_the_only_one()
    {
        Up();
        Ask();
        Time.Advance(TimeSpan.FromMilliseconds(100));
        Answer(Hub, AtB, AtC);

        Endpoint.Expect(Flushed);
        Assert.Equal(0, AtB.Count);
    }

    [Fact]
    public void A_node_that_joins_meanwhile_is_asked_in_the_second_round()
    {
        Tell(new PeerStreamsActor.PeerUp(B, AtB.Ref));
        Ask();
        Answer(Hub);
        Say(AtB, new PeerStreamsActor.Waiting());
        Time.Advance(TimeSpan.FromMilliseconds(500));
        Tell(new PeerStreamsActor.PeerUp(C, AtC.Ref));
        AtB.Reply(Flushed);

        Answer(Hub, AtB, AtC);

        Endpoint.Expect(Flushed);
    }

    [Fact]
    public void Clients_that_a_node_resets_in_its_stop_are_awaited_and_it_is_not_asked_any_more()
    {
        Up();
        Ask();
        Answer(Hub, AtB);
        AtC.Expect(WaitHere);
        AtC.Reply(new StreamHubActor.ShuttingDown());
        Endpoint.ExpectNothing(TimeSpan.FromMilliseconds(1_999));

        Time.Advance(TimeSpan.FromMilliseconds(1));
        Answer(Hub, AtB);
        Endpoint.Expect(Flushed);

        // Its end a moment later does not begin another 2 s.
        Tell(new PeerStreamsActor.PeerGone(C));
        Ask();
        Answer(Hub, AtB);
        Endpoint.Expect(Flushed);
        Assert.Equal(TimeSpan.FromSeconds(2), Elapsed);
    }
}
