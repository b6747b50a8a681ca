using OpenCode.Actors.Streams.Subscribers;

namespace OpenCode.Actors.Tests.Streams;

public sealed class SubscribersActorTests : StreamsKit
{
    [Fact]
    public void D4_over_the_limit_a_stream_is_turned_away_and_one_that_ended_makes_room()
    {
        Options.MaxStreams = 2;
        Start();
        var first = Connect(Wrapped(new RecordingSseWriter()));
        Connect(Wrapped(new RecordingSseWriter()));
        var probe = CreateProbe();

        probe.Send(Subscribers, new SubscribersActor.Connect(Wrapped(new RecordingSseWriter())));
        probe.Expect(new SubscribersActor.TooManyStreams(2));

        first.Tell(SubscriberActor.Disconnect.Instance);
        Run();
        probe.Send(Subscribers, new SubscribersActor.Connect(Wrapped(new RecordingSseWriter())));
        probe.Expect<SubscribersActor.Connected>();
    }

    [Fact]
    public void F1_streams_of_a_node_that_was_declared_dead_are_reset_and_who_comes_back_is_let_in()
    {
        Start();
        var client = ConnectWrapped();

        Subscribers.Tell(new SubscribersActor.ResetStreams("declared dead"));
        Run();
        var back = ConnectWrapped();

        Assert.Equal("declared dead", client.ResetBy!.Detail);
        Assert.Null(back.ResetBy);
    }

    [Fact]
    public void A_disposed_location_ends_its_bare_streams_cleanly_after_the_event_that_says_so()
    {
        Start();
        var bare = ConnectBare();
        var other = ConnectBare(location: "/b");
        var wrapped = ConnectWrapped();

        Append(Journal.Event("/a"), Journal.Event("/a", type: "server.instance.disposed"));
        Subscribers.Tell(new SubscribersActor.DisposeLocation("/a", 2));
        Run();
        Append(Journal.Event("/a"), Journal.Event("/b"));

        Assert.True(bare.EndedCleanly);
        Assert.Null(bare.ResetBy);
        Assert.Equal("server.instance.disposed", bare.Events[^1].Type);
        Assert.False(other.EndedCleanly);
        Assert.Single(other.LogEvents);
        Assert.False(wrapped.EndedCleanly);
        Assert.Equal(4, wrapped.LogEvents.Count());
        Assert.Equal(2, Metrics.Open);
    }

    [Fact]
    public void A_disposed_location_ends_a_stream_that_is_behind_only_after_it_had_the_event_and_nothing_beyond_it()
    {
        Start();
        var bare = ConnectBare();
        bare.Holds = true;
        Append(Journal.Event("/a"));
        Append(Journal.Event("/a"), Journal.Event("/a", type: "server.instance.disposed"), Journal.Event("/a"));
        Subscribers.Tell(new SubscribersActor.DisposeLocation("/a", 3));
        Run();
        Assert.False(bare.EndedCleanly);

        bare.Release();
        Run();
        Assert.False(bare.EndedCleanly);
        bare.Release();
        Run();

        Assert.True(bare.EndedCleanly);
        Assert.Equal([Id(1), Id(2), Id(3)], bare.LogEvents.Select(e => e.Id));
    }

    [Fact]
    public void A_dispose_that_is_ahead_of_the_tail_waits_for_it()
    {
        Start();
        var bare = ConnectBare();

        Subscribers.Tell(new SubscribersActor.DisposeLocation("/a", 1));
        Run();
        Assert.False(bare.EndedCleanly);
        Append(Journal.Event("/a", type: "server.instance.disposed"));

        Assert.True(bare.EndedCleanly);
        Assert.Single(bare.LogEvents);
    }

    [Fact]
    public void A_stream_that_is_behind_the_ring_is_disposed_after_the_pages_up_to_the_event()
    {
        Options.RingBytes = 5_000;
        Start();
        for (var i = 0; i < 50; i++)
            Append(Journal.Event(i % 2 == 0 ? "/a" : "/b", bytes: 500));
        var bare = new RecordingSseWriter { Holds = true };
        Connect(Bare(bare, Id(0)));
        Subscribers.Tell(new SubscribersActor.DisposeLocation("/a", 9));
        Run();

        while (bare.IsWriting)
        {
            bare.Release();
            Run();
        }

        Assert.True(bare.EndedCleanly);
        Assert.Equal([Id(1), Id(3), Id(5), Id(7), Id(9)], bare.LogEvents.Select(e => e.Id));
    }

    [Fact]
    public void A_drain_resets_every_stream_at_once_when_all_have_what_is_committed()
    {
        Start();
        var clients = Enumerable.Range(0, 5).Select(_ => ConnectWrapped()).ToList();
        Append(Journal.Event());
        var probe = CreateProbe();

        probe.Send(Subscribers, SubscribersActor.Drain.Instance);
        probe.Expect<SubscribersActor.Drained>();

        Assert.All(clients, c => Assert.Equal(StreamEndReason.Drained, c.ResetBy!.Reason));
        Assert.All(clients, c => Assert.Single(c.LogEvents));
        Assert.Equal(0, Metrics.Open);
    }

    [Fact]
    public void A_drain_over_a_window_resets_streams_a_few_at_a_time()
    {
        Options.DrainMs = 1_000;
        Start();
        var clients = Enumerable.Range(0, 40).Select(_ => ConnectWrapped()).ToList();
        var probe = CreateProbe();

        probe.Send(Subscribers, SubscribersActor.Drain.Instance);
        Run();
        Assert.Equal(2, clients.Count(c => c.ResetBy is not null));
        Time.Advance(TimeSpan.FromMilliseconds(500));
        Run();
        Assert.Equal(22, clients.Count(c => c.ResetBy is not null));

        // RULES D1: their clients are on their way elsewhere, and whoever waits for them has to ask there.
        probe.Send(Subscribers, new SubscribersActor.WaitFlushed(null, 0));
        Run();
        probe.Expect<SubscribersActor.ShuttingDown>();
        Time.Advance(TimeSpan.FromMilliseconds(450));
        Run();

        probe.Expect<SubscribersActor.Drained>();
        Assert.All(clients, c => Assert.NotNull(c.ResetBy));
    }

    [Fact]
    public void A_drain_lets_a_stream_that_moves_on_have_what_is_committed_and_then_resets_it()
    {
        Start();
        var slow = ConnectBare();
        slow.Holds = true;
        Append(Journal.Event("/a"));
        Append(Journal.Event("/a"));
        var probe = CreateProbe();

        probe.Send(Subscribers, SubscribersActor.Drain.Instance);
        Run();
        Assert.Null(slow.ResetBy);
        slow.Release();
        Run();
        slow.Release();
        probe.Expect<SubscribersActor.Drained>();

        Assert.Equal(2, slow.LogEvents.Count());
        Assert.Equal(StreamEndReason.Drained, slow.ResetBy!.Reason);
    }

    [Fact]
    public void A_drain_waits_no_longer_than_a_second_for_a_stream_that_always_moves_on_a_little()
    {
        Start();
        var slow = ConnectBare();
        slow.Holds = true;
        Append([.. Enumerable.Range(0, 4).Select(_ => Journal.Event("/a"))]);
        for (var n = 0; n < 40; n++)
            Append(Journal.Event("/a", bytes: 200_000));
        var probe = CreateProbe();

        probe.Send(Subscribers, SubscribersActor.Drain.Instance);
        for (var ms = 0; ms < 1_000; ms += 100)
        {
            Run();
            Assert.Null(slow.ResetBy);
            slow.Release();
            Time.Advance(TimeSpan.FromMilliseconds(100));
        }

        probe.Expect<SubscribersActor.Drained>();
    }

    [Fact]
    public void A_drain_resets_also_a_stream_that_takes_nothing_and_lets_nobody_in()
    {
        Start();
        var clients = Enumerable.Range(0, 5).Select(_ => ConnectWrapped()).ToList();
        clients[0].Holds = true;
        Append(Journal.Event());
        var probe = CreateProbe();

        probe.Send(Subscribers, SubscribersActor.Drain.Instance);
        Run();
        Time.Advance(TimeSpan.FromMilliseconds(300));
        probe.Expect<SubscribersActor.Drained>();

        Assert.All(clients, c => Assert.Equal(StreamEndReason.Drained, c.ResetBy!.Reason));
        Assert.All(clients, c => Assert.False(c.EndedCleanly));
        Assert.Equal(0, Metrics.Open);
        probe.Send(Subscribers, new SubscribersActor.Connect(Wrapped(new RecordingSseWriter())));
        probe.Expect<SubscribersActor.ShuttingDown>();
    }

    [Fact]
    public void A_drain_without_streams_is_done_at_once()
    {
        Start();
        var probe = CreateProbe();

        probe.Send(Subscribers, SubscribersActor.Drain.Instance);

        probe.Expect<SubscribersActor.Drained>();
    }
}
