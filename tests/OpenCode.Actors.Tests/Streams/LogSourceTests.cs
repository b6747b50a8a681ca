using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Dsl;
using Akka.Streams.TestKit;
using OpenCode.Actors.Streams.Clients;
using OpenCode.Actors.Streams.Cursors;
using OpenCode.Actors.Streams.Frames;
using OpenCode.Actors.Streams.Log;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Streams;

/// <summary>The source alone, with a probe for its sink and another for its client's actor: demand is the backpressure.</summary>
public sealed class LogSourceTests : StreamsKit
{
    private static readonly byte[] _first = "first\n"u8.ToArray();

    private SseConnection _connection = null!;
    private HubProbe _actor = null!;
    private TestSubscriber.Probe<FrameRun> _sink = null!;

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
        Assert.Equal(0, _connection.Progress.Cursor);

        Assert.Single(Pull());
        Assert.Equal(2, _connection.Progress.Cursor);
    }

    [Fact]
    public void A_pull_that_finds_nothing_is_answered_when_something_comes()
    {
        RunSource();
        Open(after: 0);
        Pull().Clear();
        Demand();
        _sink.ExpectNoMsg(TimeSpan.Zero);
        Assert.Equal(StreamPhase.Waiting, _connection.Progress.Phase);

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
        Signal(LogSource.Beat.Instance);
        _sink.ExpectNoMsg(TimeSpan.Zero);

        Open(after: 0);

        Assert.Equal(["first\n"], Next().Select(Text));
    }

    [Fact]
    public void What_is_signalled_before_the_stage_has_started_is_not_lost()
    {
        Prepare();
        Append(Journal.Event("/b"));
        Materialize(); // Not run yet.
        _connection.Signal(new StreamOpening(new ResumePoint(0, 0), [_first]));
        _connection.Signal(new SseClientActor.EndAfter(1));
        Run();

        Pull().Clear();
        Demand();

        _actor.Expect<SseClientActor.AllSent>();
    }

    [Fact]
    public void A_stop_that_comes_before_the_stage_has_started_ends_it_and_its_registration()
    {
        Prepare();
        Materialize();
        _connection.Signal(LogSource.Stop.Instance);
        Run();

        _sink.EnsureSubscription();
        _sink.ExpectComplete();
        Assert.Equal(0, Log.Ring.Readers);
    }

    [Fact]
    public void A_stop_ends_the_stream_and_its_registration_also_while_a_run_is_being_written()
    {
        RunSource();
        Open(after: 0);
        Pull();
        Assert.Equal(1, Log.Ring.Readers);

        Signal(LogSource.Stop.Instance);

        _sink.ExpectComplete();
        Assert.Equal(0, Log.Ring.Readers);
    }

    [Fact]
    public void A_sink_that_cancels_ends_the_registration()
    {
        RunSource();
        Open(after: 0);

        _sink.Cancel();
        Run();

        Assert.Equal(0, Log.Ring.Readers);
    }

    [Fact]
    public void A_heartbeat_is_sent_on_demand_only_and_only_while_it_is_due()
    {
        RunSource();
        Open(after: 0);
        Pull().Clear();
        Time.Advance(Options.Heartbeat);
        Signal(LogSource.Beat.Instance); // A write is under way.
        Demand();
        _sink.ExpectNoMsg(TimeSpan.Zero);

        Signal(LogSource.Beat.Instance); // The flush has just ended.
        _sink.ExpectNoMsg(TimeSpan.Zero);
        Time.Advance(Options.Heartbeat);
        Signal(LogSource.Beat.Instance);

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
        Assert.Equal(StreamPhase.AwaitingPage, _connection.Progress.Phase);
        slow.SetResult();

        var page = _actor.Expect<OpenCode.Actors.Streams.Log.LogPagesActor.PageRead>();
        Signal(page);

        Assert.Equal(2, Next().Count);
        _actor.ExpectNothing();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_stream_of_a_session_ends_with_its_deletion_from_the_ring_and_from_a_page(bool fromPage)
    {
        if (!fromPage)
            RunSource(session: "ses_a");
        Journal.Append(Journal.Event(session: "ses_a"), Journal.Event(session: "ses_a", type: "session.deleted"), Journal.Event(session: "ses_a"));
        if (fromPage)
            RunSource(session: "ses_a");
        Open(after: 0);
        Pull().Clear();
        Demand();
        if (fromPage)
            Signal(_actor.Expect<OpenCode.Actors.Streams.Log.LogPagesActor.PageRead>());

        var run = Next();
        Assert.Equal(2, run.Count);
        run.Clear();
        Demand();
        _actor.Expect<SseClientActor.AllSent>();
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

        _actor.Expect(new SseClientActor.OutOfWindow(Id(1)));
        Open(after: 4);

        Assert.Equal(["first\n"], Next().Select(Text));
        Assert.Equal(4, _connection.Progress.Cursor);
    }

    [Fact]
    public void An_offset_that_is_waited_for_is_reported_once()
    {
        RunSource();
        Open(after: 0);
        Pull().Clear();
        Demand();
        Signal(new LogSource.ReportAt(2));
        _actor.ExpectNothing();

        Append(Journal.Event("/b"), Journal.Event("/b"), Journal.Event());
        Next().Clear();
        Demand();

        _actor.Expect<SseClientActor.CursorReached>();
        _actor.ExpectNothing();
    }

    [Fact]
    public void A_stream_that_may_send_no_more_says_so_once_and_waits_for_its_end()
    {
        RunSource();
        Open(after: 0);
        Append(Journal.Event(), Journal.Event());
        Signal(new SseClientActor.EndAfter(1));
        Pull().Clear();
        var run = Pull();
        Assert.Single(run);
        run.Clear();

        Demand();
        Append(Journal.Event());

        _actor.Expect<SseClientActor.AllSent>();
        _actor.ExpectNothing();
        _sink.ExpectNoMsg(TimeSpan.Zero);
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
        Signal(LogSource.Beat.Instance);
        Next().Clear(); // The heartbeat.
        Demand();

        gate.SetResult();
        Run();

        _actor.Expect<LogPagesActor.PageRead>();
        _actor.ExpectNothing();
    }

    [Fact]
    public void A_failure_of_the_reader_fails_the_stream_and_logs_nothing_of_its_own()
    {
        RunSource();
        Open(after: 0);
        Pull().Clear();
        Demand();
        Journal.TimelineFault = new InvalidOperationException("A fault of ours.");

        Append(Journal.Event());

        Assert.Same(Journal.TimelineFault, _sink.ExpectError());
        Assert.Empty(Logs.Records);
        Assert.Equal(0, Log.Ring.Readers);
    }

    private static string Text(ReadOnlyMemory<byte> frame) => System.Text.Encoding.UTF8.GetString(frame.Span);

    private void RunSource(string? session = null)
    {
        Prepare(session);
        Materialize();
        Run();
    }

    private void Prepare(string? session = null)
    {
        Start();
        _ = Materializer;
        _actor = CreateProbe("client");
        _connection = new SseConnection(
            session is null ? Bare(new RecordingSseWriter()) : new StreamRequest(StreamKind.Session, "/a", session, cursor: null, new RecordingSseWriter()), Setup);
        _connection.Own(_actor.Ref, CancellationToken.None);
    }

    private void Materialize() => _sink = Source.FromGraph(new LogSource(Setup)).AddAttributes(new Attributes(_connection)).RunWith(this.SinkProbe<FrameRun>(), Materializer);

    private void Open(long after) => Signal(new StreamOpening(new ResumePoint(after, 0), [_first]));

    private void Signal(object signal)
    {
        _connection.Signal(signal);
        Run();
    }

    private void Demand()
    {
        _sink.Request(1);
        Run();
    }

    private FrameRun Next()
    {
        Run();
        return _sink.ExpectNext();
    }

    private FrameRun Pull()
    {
        Demand();
        return Next();
    }
}
