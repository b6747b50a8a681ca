using OpenCode.Actors.Streams.Clients;
using OpenCode.Actors.Streams.Cursors;
using OpenCode.Actors.Streams.Log;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Streams;

/// <summary>The source sends what is asked for, from the ring and from pages.</summary>
public sealed class LogSourceTests : LogSourceKit
{
    [Fact]
    public void Nothing_is_read_before_it_is_asked_for()
    {
        RunSource();
        Open(after: 0);

        Append(Journal.Event(), Journal.Event());

        Assert.Equal(0, Log.Ring.FramesMade);
        var run = Pull();
        Assert.Equal(["first\n"], run.Select(Text));
        Assert.Equal(0, Log.Ring.FramesMade);
        run.Clear(); // As the sink does before it pulls again.
        Assert.Equal(2, Pull().Count);
        Assert.Equal(2, Log.Ring.FramesMade);
    }

    [Fact]
    public void Each_pull_gets_one_run_and_the_cursor_moves_when_the_next_is_asked_for()
    {
        RunSource();
        Open(after: 0);
        Pull().Clear();

        Append(Journal.Event(), Journal.Event());
        Pull().Clear();
        Append(Journal.Event());
        Assert.Equal(0, Connection.Progress.Cursor);

        Assert.Single(Pull());
        Assert.Equal(2, Connection.Progress.Cursor);
    }

    [Fact]
    public void A_pull_that_finds_nothing_is_answered_when_something_comes()
    {
        RunSource();
        Open(after: 0);
        Pull().Clear();
        Demand();
        Sink.ExpectNoMsg(TimeSpan.Zero);
        Assert.Equal(StreamPhase.Waiting, Connection.Progress.Phase);

        Append(Journal.Event("/b"));
        Append(Journal.Event());

        Assert.Single(Next());
    }

    [Fact]
    public void Before_it_is_opened_nothing_is_sent()
    {
        RunSource();
        Demand();
        Append(Journal.Event());
        Signal(new LogSource.Beat());
        Sink.ExpectNoMsg(TimeSpan.Zero);

        Open(after: 0);

        Assert.Equal(["first\n"], Next().Select(Text));
    }

    [Fact]
    public void What_is_signalled_before_the_stage_has_started_is_not_lost()
    {
        Prepare();
        Append(Journal.Event("/b"));
        Materialize(); // Not run yet.
        Connection.Signal(new StreamOpening(new ResumePoint(0, 0), [First]));
        Connection.Signal(new SseClientActor.EndAfter(1));
        Run();

        Pull().Clear();
        Demand();

        Client.Expect<SseClientActor.AllSent>();
    }

    [Fact]
    public void A_heartbeat_is_sent_on_demand_only_and_only_while_it_is_due()
    {
        RunSource();
        Open(after: 0);
        Pull().Clear();
        Time.Advance(Options.Heartbeat);
        Signal(new LogSource.Beat()); // A write is under way.
        Demand();
        Sink.ExpectNoMsg(TimeSpan.Zero);

        Signal(new LogSource.Beat()); // The flush has just ended.
        Sink.ExpectNoMsg(TimeSpan.Zero);
        Time.Advance(Options.Heartbeat);
        Signal(new LogSource.Beat());

        Assert.Contains("server.heartbeat", Text(Assert.Single(Next())), StringComparison.Ordinal);
    }

    [Fact]
    public void Behind_the_ring_one_page_is_asked_for_in_the_name_of_the_client()
    {
        Journal.Append(Journal.Event(), Journal.Event());
        var slow = new TaskCompletionSource();
        RunSource();
        Journal.Gate = slow.Task;
        Open(after: 0);
        Pull().Clear();
        Demand();
        Assert.Equal(StreamPhase.AwaitingPage, Connection.Progress.Phase);
        slow.SetResult();

        var page = Client.Expect<OpenCode.Actors.Streams.Log.LogPagesActor.PageRead>();
        Signal(page);

        Assert.Equal(2, Next().Count);
        Client.ExpectNothing();
    }

    [Fact]
    public void Behind_the_journals_floor_it_asks_where_to_go_on()
    {
        for (var i = 0; i < 4; i++)
            Journal.Append(Journal.Event());
        RunSource();
        Journal.Floor = 3;
        Open(after: 1);
        Pull().Clear();
        Demand();

        Client.Expect(new SseClientActor.OutOfWindow(Id(1)));
        Open(after: 4);

        Assert.Equal(["first\n"], Next().Select(Text));
        Assert.Equal(4, Connection.Progress.Cursor);
    }

    [Fact]
    public void An_offset_that_is_waited_for_is_reported_once()
    {
        RunSource();
        Open(after: 0);
        Pull().Clear();
        Demand();
        Signal(new LogSource.ReportAt(2));
        Client.ExpectNothing();

        Append(Journal.Event("/b"), Journal.Event("/b"), Journal.Event());
        Next().Clear();
        Demand();

        Client.Expect<SseClientActor.CursorReached>();
        Client.ExpectNothing();
    }

    [Fact]
    public void A_page_that_is_on_its_way_is_not_asked_for_again_after_a_heartbeat()
    {
        Journal.Append(Journal.Event(), Journal.Event());
        RunSource();
        Open(after: 0);
        Pull().Clear();
        var gate = new TaskCompletionSource();
        Journal.Gate = gate.Task;
        Demand();
        Time.Advance(Options.Heartbeat);
        Signal(new LogSource.Beat());
        Next().Clear(); // The heartbeat.
        Demand();

        gate.SetResult();
        Run();

        Client.Expect<LogPagesActor.PageRead>();
        Client.ExpectNothing();
    }
}
