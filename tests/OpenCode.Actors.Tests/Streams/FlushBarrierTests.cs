using Akka.Actor;
using OpenCode.Actors.Streams.Clients;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Streams;

/// <summary>Rule "Order barrier".</summary>
public sealed class FlushBarrierTests : StreamsKit
{
    private readonly HubProbe _endpoint;

    public FlushBarrierTests()
    {
        Start();
        _endpoint = CreateProbe("endpoint");
    }

    [Fact]
    public void Without_streams_of_the_location_nothing_is_waited_for()
    {
        ConnectBare(location: "/b");

        Wait("/a", 0);

        _endpoint.Expect(new StreamHubActor.Flushed("/a", 0));
    }

    [Fact]
    public void What_is_flushed_already_is_answered_at_once()
    {
        ConnectBare();
        Append(Journal.Event());

        Wait("/a", 1);

        ExpectAt(TimeSpan.Zero);
    }

    [Fact]
    public void Flushed_streams_have_a_head_start_over_the_answer()
    {
        Options.HeadStartMs = 50;
        ConnectBare();
        Append(Journal.Event());

        Wait("/a", 1);

        ExpectAt(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public void A_stream_whose_location_was_quiet_is_flushed_too()
    {
        ConnectBare();
        ConnectWrapped();
        Append(Journal.Event("/b"), Journal.Event("/b"));

        Wait("/a", 2);

        ExpectAt(TimeSpan.Zero);
    }

    [Fact]
    public void A_stream_that_moves_on_is_waited_for()
    {
        var client = ConnectBare();
        client.Holds = true;
        Append(Journal.Event());
        Wait("/a", 1);
        _endpoint.ExpectNothing(TimeSpan.FromMilliseconds(200));

        client.Release();

        ExpectAt(TimeSpan.FromMilliseconds(200));
    }

    [Fact]
    public void What_the_tail_has_not_reached_yet_is_waited_for()
    {
        ConnectBare();
        Wait("/a", 1);
        _endpoint.ExpectNothing(TimeSpan.FromMilliseconds(100));

        Append(Journal.Event());

        ExpectAt(TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public void A_stalled_stream_is_waited_for_250_ms_and_no_longer()
    {
        ConnectBare();
        var stalled = ConnectBare();
        stalled.Holds = true;
        Append(Journal.Event());

        Wait("/a", 1);

        _endpoint.ExpectNothing(TimeSpan.FromMilliseconds(249));
        ExpectAt(TimeSpan.FromMilliseconds(250), slack: TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public void A_stream_that_was_stalled_before_is_not_waited_for()
    {
        var stalled = ConnectBare();
        stalled.Holds = true;
        Append(Journal.Event());
        Time.Advance(TimeSpan.FromSeconds(1));

        Wait("/a", 1);

        ExpectAt(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Streams_that_move_on_but_are_never_done_are_waited_for_5_s_in_all()
    {
        var slow = ConnectBare();
        slow.Holds = true;
        Append([.. Enumerable.Range(0, 100).Select(_ => Journal.Event(bytes: 200_000))]);
        Wait("/a", 100);

        for (var i = 0; i < 49; i++)
        {
            Time.Advance(TimeSpan.FromMilliseconds(100));
            slow.Release();
            Run();
        }

        _endpoint.ExpectNothing();
        ExpectAt(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void A_stream_that_was_reset_a_moment_ago_is_awaited_until_it_is_back_and_flushed()
    {
        var cut = ConnectBare();
        cut.Fault = new IOException("reset by peer");
        Append(Journal.Event());
        Wait("/a", 1);
        _endpoint.ExpectNothing(TimeSpan.FromMilliseconds(300));

        var back = new RecordingSseWriter { Holds = true };
        Hub.Tell(new StreamHubActor.Connect(Bare(back, cut.LastEventId)));
        _endpoint.ExpectNothing();
        back.Release(); // server.connected
        _endpoint.ExpectNothing();
        back.Release(); // The event it had missed.

        ExpectAt(TimeSpan.FromMilliseconds(300));
        Assert.Equal(Id(1), Assert.Single(back.LogEvents).Id);
    }

    [Fact]
    public void A_stream_that_was_reset_and_does_not_come_back_is_awaited_2_s()
    {
        var cut = ConnectBare();
        cut.Fault = new IOException("reset by peer");
        Append(Journal.Event());

        Wait("/a", 1);

        _endpoint.ExpectNothing(TimeSpan.FromMilliseconds(1_999));
        ExpectAt(TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void A_stream_that_is_reset_during_the_wait_is_awaited_too()
    {
        var cut = ConnectBare();
        cut.Holds = true;
        Append(Journal.Event());
        Wait("/a", 1);

        cut.Fail(new IOException("reset by peer"));
        _endpoint.ExpectNothing(TimeSpan.FromSeconds(1));
        ConnectBare(cut.LastEventId);

        ExpectAt(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void A_client_that_went_away_is_awaited_no_longer_than_its_first_reconnection()
    {
        var left = new RecordingSseWriter();
        Connect(Bare(left)).Tell(new SseClientActor.Disconnect());

        Wait("/a", 0);

        ExpectAt(TimeSpan.FromMilliseconds(600));
    }

    [Fact]
    public void A_stream_of_another_location_that_was_reset_is_not_awaited()
    {
        var cut = ConnectBare(location: "/b");
        cut.Fault = new IOException("reset by peer");
        Append(Journal.Event("/b"));

        Wait("/a", 1);

        ExpectAt(TimeSpan.Zero);
    }

    [Fact]
    public void A_wait_that_is_stopped_is_answered()
    {
        var stalled = ConnectBare();
        stalled.Holds = true;
        Append(Journal.Event());
        Wait("/a", 1);

        Sys.Stop(Hub);
        Run();

        _endpoint.Expect(new StreamHubActor.ShuttingDown());
        _endpoint.ExpectNothing();
    }

    [Fact]
    public void A_server_that_stops_awaits_no_client_that_was_lost()
    {
        Connect(Bare(new RecordingSseWriter())).Tell(new SseClientActor.Disconnect());
        Wait("/a", 0);
        _endpoint.ExpectNothing();

        CreateProbe("shutdown").Send(Hub, new StreamHubActor.Drain());
        Run();
        ExpectAt(TimeSpan.Zero);

        Wait("/a", 0);
        ExpectAt(TimeSpan.Zero);
    }

    private void Wait(string? location, long offset)
    {
        _endpoint.Send(Hub, new StreamHubActor.WaitFlushed(location, offset));
        Run();
    }

    private void ExpectAt(TimeSpan sinceStart, TimeSpan slack = default)
    {
        _endpoint.Expect<StreamHubActor.Flushed>();
        Assert.InRange(new TimeSpan(Time.GetTimestamp()), sinceStart, sinceStart + slack);
    }
}
