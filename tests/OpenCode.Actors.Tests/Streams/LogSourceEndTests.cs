using OpenCode.Actors.Streams.Clients;
using OpenCode.Actors.Streams.Log;

namespace OpenCode.Actors.Tests.Streams;

/// <summary>How the source ends, and that nothing of it stays registered.</summary>
public sealed class LogSourceEndTests : LogSourceKit
{
    [Fact]
    public void A_stop_that_comes_before_the_stage_has_started_ends_it_and_its_registration()
    {
        Prepare();
        Materialize();
        Connection.Signal(new LogSource.Stop());
        Run();

        Sink.EnsureSubscription();
        Sink.ExpectComplete();
        Assert.Equal(0, Log.Ring.Readers);
    }

    [Fact]
    public void A_stop_ends_the_stream_and_its_registration_also_while_a_run_is_being_written()
    {
        RunSource();
        Open(after: 0);
        Pull();
        Assert.Equal(1, Log.Ring.Readers);

        Signal(new LogSource.Stop());

        Sink.ExpectComplete();
        Assert.Equal(0, Log.Ring.Readers);
    }

    [Fact]
    public void A_sink_that_cancels_ends_the_registration()
    {
        RunSource();
        Open(after: 0);

        Sink.Cancel();
        Run();

        Assert.Equal(0, Log.Ring.Readers);
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
            Signal(Client.Expect<OpenCode.Actors.Streams.Log.LogPagesActor.PageRead>());

        var run = Next();
        Assert.Equal(2, run.Count);
        run.Clear();
        Demand();
        Client.Expect<SseClientActor.AllSent>();
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

        Client.Expect<SseClientActor.AllSent>();
        Client.ExpectNothing();
        Sink.ExpectNoMsg(TimeSpan.Zero);
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

        Assert.Same(Journal.TimelineFault, Sink.ExpectError());
        Assert.Empty(Logs.Records);
        Assert.Equal(0, Log.Ring.Readers);
    }
}
