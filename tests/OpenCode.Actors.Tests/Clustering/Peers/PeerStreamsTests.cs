using Akka.Actor;
using Akka.Cluster;
using OpenCode.Actors.Clustering.Peers;
using OpenCode.Actors.Streams.Clients;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Clustering.Peers;

/// <summary>Rule "Order barrier" over nodes: probes stand for the hub of this node and for the actors of the others.</summary>
public sealed class PeerStreamsTests : HubTestKit
{
    private static readonly StreamHubActor.WaitFlushed _wait = new("/a", 7);
    private static readonly StreamHubActor.Flushed _flushed = new("/a", 7);
    private static readonly PeerStreamsActor.WaitHere _waitHere = new("/a", 7);

    private static readonly UniqueAddress _b = Node("b");
    private static readonly UniqueAddress _c = Node("c");

    private readonly HubProbe _endpoint;
    private readonly HubProbe _hub;
    private readonly HubProbe _atB;
    private readonly HubProbe _atC;
    private readonly IActorRef _streams;

    public PeerStreamsTests()
    {
        (_endpoint, _hub, _atB, _atC) = (CreateProbe("endpoint"), CreateProbe("hub"), CreateProbe("b"), CreateProbe("c"));
        _streams = Spawn(PeerStreamsActor.PropsFor(_hub.Ref, members: null, Time, Logs), PeerStreamsActor.ActorName);
    }

    private TimeSpan Elapsed => new(Time.GetTimestamp());

    [Fact]
    public void Alone_a_node_asks_its_own_hub_which_answers_the_endpoint()
    {
        Wait();

        _hub.Expect(_wait);
        _hub.Reply(_flushed);
        _endpoint.Expect(_flushed);
    }

    [Fact]
    public void All_nodes_are_asked_side_by_side_and_answered_for_at_once()
    {
        Up();

        Wait();

        Assert.Equal((1, 1, 1), (_hub.Count, _atB.Count, _atC.Count));
        Answer(_hub, _atB, _atC);
        _endpoint.Expect(_flushed);
        Assert.Equal(TimeSpan.Zero, Elapsed);
    }

    [Fact]
    public void The_slowest_node_is_waited_for()
    {
        Up();
        Wait();
        Answer(_hub, _atB);
        Say(_atC, PeerStreamsActor.Waiting.Instance);

        _endpoint.ExpectNothing(TimeSpan.FromSeconds(4));
    }

    [Fact]
    public void After_5_s_the_endpoint_is_answered_whatever_is_missing()
    {
        Up();
        Wait();
        Answer(_hub, _atB);
        Say(_atC, PeerStreamsActor.Waiting.Instance);

        _endpoint.ExpectNothing(TimeSpan.FromMilliseconds(4_999));
        _endpoint.Expect(_flushed);
        Assert.Equal(TimeSpan.FromSeconds(5), Elapsed);
    }

    [Fact]
    public void A_node_that_gives_no_sign_is_waited_for_1_s_in_each_round()
    {
        Up();
        Wait();
        Answer(_hub, _atB);

        // Somebody was waited for: all are asked once more.
        Time.Advance(TimeSpan.FromSeconds(1));
        Answer(_hub, _atB);
        _endpoint.ExpectNothing(TimeSpan.FromMilliseconds(999));

        _endpoint.Expect(_flushed);
        Assert.Equal(TimeSpan.FromSeconds(2), Elapsed);
    }

    [Fact]
    public void A_node_that_becomes_unreachable_is_waited_for_1_s_more()
    {
        Up();
        Wait();
        Answer(_hub, _atB);
        Say(_atC, PeerStreamsActor.Waiting.Instance);
        Time.Advance(TimeSpan.FromMilliseconds(500));

        Tell(new PeerStreamsActor.PeerUnreachable(_c));
        Time.Advance(TimeSpan.FromSeconds(1));

        Answer(_hub, _atB, _atC);
        _endpoint.Expect(_flushed);
        Assert.Equal(TimeSpan.FromMilliseconds(1_500), Elapsed);
    }

    [Fact]
    public void A_node_that_is_heard_again_is_waited_for_on()
    {
        Up();
        Tell(new PeerStreamsActor.PeerUnreachable(_c));
        Wait();
        Answer(_hub, _atB);
        Say(_atC, PeerStreamsActor.Waiting.Instance);

        Tell(new PeerStreamsActor.PeerReachable(_c));

        _endpoint.ExpectNothing(TimeSpan.FromSeconds(3));
    }

    [Fact]
    public void A_node_that_is_unreachable_when_it_is_asked_is_waited_for_1_s_although_it_gives_a_sign()
    {
        Up();
        Tell(new PeerStreamsActor.PeerUnreachable(_c));
        Wait();
        Answer(_hub, _atB);
        Say(_atC, PeerStreamsActor.Waiting.Instance);

        Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(1, _atB.Count); // The second round.
    }

    [Fact]
    public void A_node_that_is_gone_is_not_waited_for_but_its_clients_are_for_2_s_at_all_nodes()
    {
        Up();
        Wait();
        Answer(_hub, _atB);
        Time.Advance(TimeSpan.FromMilliseconds(300));

        Tell(new PeerStreamsActor.PeerGone(_c));
        _endpoint.ExpectNothing(TimeSpan.FromMilliseconds(1_999));
        Assert.Equal(0, _atB.Count);
        Time.Advance(TimeSpan.FromMilliseconds(1));

        // By now its client has a stream at B, which is waited for.
        Answer(_hub);
        Say(_atB, PeerStreamsActor.Waiting.Instance);
        _endpoint.ExpectNothing(TimeSpan.FromMilliseconds(400));
        _atB.Reply(_flushed);
        _endpoint.Expect(_flushed);
        Assert.Equal(TimeSpan.FromMilliseconds(2_700), Elapsed);
    }

    [Fact]
    public void Clients_of_a_node_that_was_lost_a_moment_before_are_awaited_for_the_rest_of_2_s()
    {
        Up();
        Tell(new PeerStreamsActor.PeerGone(_c));
        Time.Advance(TimeSpan.FromMilliseconds(1_500));

        Wait();
        Answer(_hub, _atB);
        _endpoint.ExpectNothing(TimeSpan.FromMilliseconds(499));
        Time.Advance(TimeSpan.FromMilliseconds(1));
        Answer(_hub, _atB);

        _endpoint.Expect(_flushed);
        Assert.Equal(0, _atC.Count);
    }

    [Fact]
    public void The_last_node_waits_for_the_clients_of_the_one_before_at_its_own_hub()
    {
        Tell(new PeerStreamsActor.PeerUp(_b, _atB.Ref));
        Tell(new PeerStreamsActor.PeerGone(_b));

        Wait();
        Answer(_hub);
        Time.Advance(TimeSpan.FromSeconds(2));
        Answer(_hub);

        _endpoint.Expect(_flushed);
    }

    [Fact]
    public void Clients_of_a_node_that_was_lost_2_s_ago_are_not_awaited()
    {
        Up();
        Tell(new PeerStreamsActor.PeerGone(_c));
        Time.Advance(TimeSpan.FromSeconds(2));

        Wait();
        Answer(_hub, _atB);

        _endpoint.Expect(_flushed);
        Assert.Equal(TimeSpan.FromSeconds(2), Elapsed);
    }

    [Fact]
    public void A_client_that_its_node_waited_for_may_be_back_at_another_one_so_all_are_asked_again()
    {
        Up();
        Wait();
        Answer(_hub, _atB);
        Say(_atC, PeerStreamsActor.Waiting.Instance);
        Time.Advance(TimeSpan.FromMilliseconds(600));
        _atC.Reply(_flushed);

        Answer(_hub, _atB, _atC);

        _endpoint.Expect(_flushed);
        Assert.Equal(TimeSpan.FromMilliseconds(600), Elapsed);
    }

    [Fact]
    public void A_round_that_waited_for_nobody_is_the_only_one()
    {
        Up();
        Wait();
        Time.Advance(TimeSpan.FromMilliseconds(100));
        Answer(_hub, _atB, _atC);

        _endpoint.Expect(_flushed);
        Assert.Equal(0, _atB.Count);
    }

    [Fact]
    public void A_node_that_joins_meanwhile_is_asked_in_the_second_round()
    {
        Tell(new PeerStreamsActor.PeerUp(_b, _atB.Ref));
        Wait();
        Answer(_hub);
        Say(_atB, PeerStreamsActor.Waiting.Instance);
        Time.Advance(TimeSpan.FromMilliseconds(500));
        Tell(new PeerStreamsActor.PeerUp(_c, _atC.Ref));
        _atB.Reply(_flushed);

        Answer(_hub, _atB, _atC);

        _endpoint.Expect(_flushed);
    }

    [Fact]
    public void Clients_that_a_node_resets_in_its_stop_are_awaited_and_it_is_not_asked_any_more()
    {
        Up();
        Wait();
        Answer(_hub, _atB);
        _atC.Expect(_waitHere);
        _atC.Reply(StreamHubActor.ShuttingDown.Instance);
        _endpoint.ExpectNothing(TimeSpan.FromMilliseconds(1_999));

        Time.Advance(TimeSpan.FromMilliseconds(1));
        Answer(_hub, _atB);
        _endpoint.Expect(_flushed);

        // Its end a moment later does not begin another 2 s.
        Tell(new PeerStreamsActor.PeerGone(_c));
        Wait();
        Answer(_hub, _atB);
        _endpoint.Expect(_flushed);
        Assert.Equal(TimeSpan.FromSeconds(2), Elapsed);
    }

    [Fact]
    public void A_node_that_resets_its_own_streams_says_so_to_its_endpoint()
    {
        Up();
        Wait();
        _hub.Expect(_wait);
        _hub.Reply(StreamHubActor.ShuttingDown.Instance);

        _endpoint.Expect(StreamHubActor.ShuttingDown.Instance);
    }

    [Fact]
    public void A_wait_that_is_stopped_is_answered()
    {
        Up();
        Wait();

        Sys.Stop(_streams);

        _endpoint.Expect(StreamHubActor.ShuttingDown.Instance);
        _endpoint.ExpectNothing();
    }

    [Fact]
    public void Two_waits_at_the_same_time_do_not_answer_each_other()
    {
        Up();
        Wait();
        Answer(_hub, _atB);
        _atC.Expect(_waitHere);
        var first = _atC.LastSender;
        Wait();
        Answer(_hub, _atB, _atC);
        _endpoint.Expect(_flushed);
        _endpoint.ExpectNothing();

        first.Tell(_flushed, _atC.Ref);

        _endpoint.Expect(_flushed);
    }

    [Fact]
    public void A_barrier_that_fails_answers_and_the_next_one_works()
    {
        Up();
        Wait();
        var barrier = ((ActorRefWithCell)_streams).Children.Single();
        ExpectLog<ActorKilledException>(() => barrier.Tell(Kill.Instance, ActorRefs.NoSender));
        _endpoint.Expect(StreamHubActor.ShuttingDown.Instance);

        _ = (_hub.Expect(_wait), _atB.Expect(_waitHere), _atC.Expect(_waitHere));
        Wait();
        Answer(_hub, _atB, _atC);

        _endpoint.Expect(_flushed);
    }

    [Fact]
    public void A_node_answers_another_one_with_a_sign_at_once_and_then_as_its_hub_does()
    {
        _atB.Send(_streams, _waitHere);

        _atB.Expect(PeerStreamsActor.Waiting.Instance);
        _hub.Expect(_wait);
        _hub.Reply(_flushed);
        _atB.Expect(_flushed);
    }

    [Fact]
    public void What_another_node_asks_is_not_passed_on_to_a_third_one()
    {
        Up();

        _atB.Send(_streams, _waitHere);
        _atB.Send(_streams, new PeerStreamsActor.DisposeHere("/a", 7));
        RunDry();

        Assert.Equal(0, _atC.Count);
    }

    [Fact]
    public void A_location_is_disposed_of_at_all_nodes()
    {
        Up();

        _endpoint.Send(_streams, new StreamHubActor.DisposeLocation("/a", 7));

        _hub.Expect(new StreamHubActor.DisposeLocation("/a", 7));
        _atB.Expect(new PeerStreamsActor.DisposeHere("/a", 7));
        _atC.Expect(new PeerStreamsActor.DisposeHere("/a", 7));
    }

    [Fact]
    public void Another_node_that_disposed_of_a_location_ends_the_streams_of_this_one()
    {
        _atB.Send(_streams, new PeerStreamsActor.DisposeHere("/a", 7));

        _hub.Expect(new StreamHubActor.DisposeLocation("/a", 7));
    }

    [Fact]
    public void News_of_a_node_that_is_not_known_change_nothing()
    {
        Tell(new PeerStreamsActor.PeerGone(_b));
        Tell(new PeerStreamsActor.PeerUnreachable(_b));
        Tell(new PeerStreamsActor.PeerReachable(_b));
        Tell(new PeerStreamsActor.PeerResets(_b));
        Wait();

        Answer(_hub);
        _endpoint.Expect(_flushed);
        Assert.Equal(TimeSpan.Zero, Elapsed);
    }

    private static UniqueAddress Node(string host) => new(new Address("akka.ssl.tcp", "opencode", host, 7096), 1);

    private void Up()
    {
        Tell(new PeerStreamsActor.PeerUp(_b, _atB.Ref));
        Tell(new PeerStreamsActor.PeerUp(_c, _atC.Ref));
    }

    private void Tell(object message)
    {
        _streams.Tell(message, ActorRefs.NoSender);
        RunDry();
    }

    private void Wait()
    {
        _endpoint.Send(_streams, _wait);
        RunDry();
    }

    private void Answer(params HubProbe[] asked)
    {
        foreach (var probe in asked)
            Say(probe, _flushed);
    }

    private void Say(HubProbe probe, object answer)
    {
        probe.Expect<object>(message => message.Equals(_wait) || message.Equals(_waitHere), TimeSpan.Zero);
        probe.Reply(answer);
        RunDry();
    }
}
