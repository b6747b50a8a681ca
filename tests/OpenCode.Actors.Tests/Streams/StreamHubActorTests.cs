using Akka.Actor;
using OpenCode.Actors.Streams.Clients;

namespace OpenCode.Actors.Tests.Streams;

public sealed class StreamHubActorTests : StreamsKit
{
    [Fact]
    public void Over_the_limit_a_stream_is_turned_away_and_one_that_ended_makes_room()
    {
        Options.MaxStreams = 2;
        Start();
        var first = Connect(Wrapped(new RecordingSseWriter()));
        Connect(Wrapped(new RecordingSseWriter()));
        var probe = CreateProbe();

        probe.Send(Hub, new StreamHubActor.Connect(Wrapped(new RecordingSseWriter())));
        probe.Expect(new StreamHubActor.TooManyStreams(2));

        first.Tell(new SseClientActor.Disconnect());
        Run();
        probe.Send(Hub, new StreamHubActor.Connect(Wrapped(new RecordingSseWriter())));
        probe.Expect<StreamHubActor.Connected>();
    }

    [Fact]
    public void All_streams_are_reset_when_told_so_and_new_ones_may_be_opened()
    {
        Start();
        RecordingSseWriter[] clients = [ConnectBare(), ConnectWrapped()];

        Hub.Tell(new StreamHubActor.ResetStreams("The database has not answered for 60 s."));
        Run();

        Assert.All(clients, client => Assert.Equal(new StreamEnd(StreamEndReason.Suspended, "The database has not answered for 60 s."), client.ResetBy));
        Assert.Single(Logs.Records, record => record.EventId == 2005);
        ExpectEnds(2);
        var again = ConnectBare();
        Append(Journal.Event("/a"));
        Assert.Single(again.LogEvents);
        ExpectOpen(1);
    }

    [Fact]
    public void Without_streams_there_is_nothing_to_reset_and_nothing_to_log()
    {
        Start();

        Hub.Tell(new StreamHubActor.ResetStreams("The database has not answered for 60 s."));
        Run();

        Assert.DoesNotContain(Logs.Records, record => record.EventId == 2005);
    }

    [Fact]
    public void A_disposed_location_ends_its_bare_streams_cleanly_after_the_event_that_says_so()
    {
        Start();
        var bare = ConnectBare();
        var other = ConnectBare(location: "/b");
        var wrapped = ConnectWrapped();

        Append(Journal.Event("/a"), Journal.Event("/a", type: "server.instance.disposed"));
        Hub.Tell(new StreamHubActor.DisposeLocation("/a", 2));
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
        Hub.Tell(new StreamHubActor.DisposeLocation("/a", 3));
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

        Hub.Tell(new StreamHubActor.DisposeLocation("/a", 1));
        Run();
        Assert.False(bare.EndedCleanly);
        Append(Journal.Event("/a", type: "server.instance.disposed"));

        Assert.True(bare.EndedCleanly);
        Assert.Single(bare.LogEvents);
    }

    [Fact]
    public void A_stream_that_was_opened_after_the_event_of_a_dispose_that_comes_late_stays_open()
    {
        Start();
        Append(Journal.Event("/a", type: "server.instance.disposed"));
        var opened = ConnectBare();

        Hub.Tell(new StreamHubActor.DisposeLocation("/a", 1)); // From another node.
        Append(Journal.Event("/a"));

        Assert.False(opened.EndedCleanly);
        Assert.Single(opened.LogEvents);
    }

    [Fact]
    public void A_stream_that_resumes_before_the_event_of_a_dispose_is_ended_by_it()
    {
        Start();
        Append(Journal.Event("/a"), Journal.Event("/a", type: "server.instance.disposed"));
        var resumed = ConnectBare(Id(1));

        Hub.Tell(new StreamHubActor.DisposeLocation("/a", 2));
        Append(Journal.Event("/a"));

        Assert.True(resumed.EndedCleanly);
        Assert.Equal([Id(2)], resumed.LogEvents.Select(e => e.Id));
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
        Hub.Tell(new StreamHubActor.DisposeLocation("/a", 9));
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

        probe.Send(Hub, new StreamHubActor.Drain());
        probe.Expect<StreamHubActor.Drained>();

        Assert.All(clients, c => Assert.Equal(StreamEndReason.Drained, c.ResetBy!.Reason));
        Assert.All(clients, c => Assert.Single(c.LogEvents));
        Assert.Equal(0, Metrics.Open);
    }

    [Fact]
    public void While_the_streams_are_reset_no_one_is_kept_waiting_for_them()
    {
        Start();
        ConnectBare();
        var probe = CreateProbe();
        probe.Send(Hub, new StreamHubActor.Drain());
        probe.Expect<StreamHubActor.Drained>();

        probe.Send(Hub, new StreamHubActor.WaitFlushed(null, 0));

        probe.Expect<StreamHubActor.ShuttingDown>();
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

        probe.Send(Hub, new StreamHubActor.Drain());
        Run();
        Assert.Null(slow.ResetBy);
        slow.Release();
        Run();
        slow.Release();
        probe.Expect<StreamHubActor.Drained>();

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

        probe.Send(Hub, new StreamHubActor.Drain());
        for (var ms = 0; ms < 1_000; ms += 100)
        {
            Run();
            Assert.Null(slow.ResetBy);
            slow.Release();
            Time.Advance(TimeSpan.FromMilliseconds(100));
        }

        probe.Expect<StreamHubActor.Drained>();
    }

    [Fact]
    public void A_drain_resets_stalled_streams_too_and_admits_no_new_one()
    {
        Start();
        var clients = Enumerable.Range(0, 5).Select(_ => ConnectWrapped()).ToList();
        clients[0].Holds = true;
        Append(Journal.Event());
        var probe = CreateProbe();

        probe.Send(Hub, new StreamHubActor.Drain());
        Run();
        Time.Advance(TimeSpan.FromMilliseconds(300));
        probe.Expect<StreamHubActor.Drained>();

        Assert.All(clients, c => Assert.Equal(StreamEndReason.Drained, c.ResetBy!.Reason));
        Assert.All(clients, c => Assert.False(c.EndedCleanly));
        Assert.Equal(0, Metrics.Open);
        probe.Send(Hub, new StreamHubActor.Connect(Wrapped(new RecordingSseWriter())));
        probe.Expect<StreamHubActor.ShuttingDown>();
    }

    [Fact]
    public void A_drain_without_streams_is_done_at_once()
    {
        Start();
        var probe = CreateProbe();

        probe.Send(Hub, new StreamHubActor.Drain());

        probe.Expect<StreamHubActor.Drained>();
    }
}
