using Akka.Streams;
using Akka.Streams.Dsl;
using Akka.Streams.TestKit;
using OpenCode.Actors.Streams.Clients;
using OpenCode.Actors.Streams.Frames;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Streams;

/// <summary>The sink alone, with a probe for its source and another for its client's actor: one write, one flush, one pull.</summary>
public sealed class SseSinkTests : StreamsKit
{
    private readonly RecordingSseWriter _writer = new();
    private readonly FrameRun _run = new();
    private readonly SseConnection _connection;
    private readonly HubProbe _actor;
    private readonly TestPublisher.Probe<FrameRun> _source;

    public SseSinkTests()
    {
        Start();
        _ = Materializer;
        _actor = CreateProbe("client");
        _connection = new SseConnection(Bare(_writer), Setup);
        _connection.Own(_actor.Ref, CancellationToken.None);
        _source = this.SourceProbe<FrameRun>()
            .AddAttributes(Attributes.CreateInputBuffer(1, 1))
            .To(Sink.FromGraph(new SseSink(Setup)).AddAttributes(new Attributes(_connection)))
            .Run(Materializer);
        Run();
    }

    [Fact]
    public void A_run_is_one_write_and_it_is_empty_afterwards()
    {
        Push(frames: 3);

        Assert.Equal(1, _writer.Writes);
        Assert.Equal(3, _writer.Frames);
        Assert.Empty(_run);
        Assert.Equal(3, Metrics.Frames);
    }

    [Fact]
    public void The_next_pull_comes_when_the_flush_has_ended()
    {
        _writer.Holds = true;
        Push();
        Push();
        Assert.Equal(1, _writer.Writes);
        Assert.Equal(0, Metrics.Frames);
        Assert.Equal(StreamPhase.Writing, _connection.Progress.Phase);

        _writer.Release();
        Run();

        Assert.Equal(2, _writer.Writes);
        Assert.Equal(1, Metrics.Frames);
    }

    [Fact]
    public void A_client_that_lets_us_wait_gets_smaller_runs_until_it_does_not()
    {
        _writer.Holds = true;
        Push();
        Assert.Equal(FrameRun.SlowBytes, _run.Limit);

        _writer.Holds = false;
        _writer.Release();
        Run();
        Push();

        Assert.Equal(FrameRun.MaxBytes, _run.Limit);
    }

    [Fact]
    public void A_writer_that_throws_on_the_call_ends_the_stream_and_the_actor_is_told_why_once()
    {
        _writer.Fault = new IOException("reset by peer");

        Push();

        ExpectEnded(_writer.Fault, inWriter: true);
    }

    [Fact]
    public void A_writer_that_fails_later_ends_the_stream_and_the_actor_is_told_why_once()
    {
        var fault = new IOException("reset by peer");
        _writer.Holds = true;
        Push();

        _writer.Fail(fault);
        Run();

        ExpectEnded(fault, inWriter: true);
    }

    [Fact]
    public void A_writer_that_takes_a_part_and_throws_ends_the_stream()
    {
        _writer.TakesHalfAFrame = true;

        Push();

        Assert.Equal("The connection was reset after half a frame.", ExpectEnded(cause: null, inWriter: true).Message);
    }

    [Fact]
    public void A_source_that_fails_is_not_taken_for_the_writer()
    {
        var fault = new InvalidOperationException("A fault of ours.");

        _source.SendError(fault);
        Run();

        ExpectEnded(fault, inWriter: false);
    }

    [Fact]
    public void A_source_that_ends_while_a_write_stalls_ends_the_stream_at_once()
    {
        _writer.Holds = true;
        Push();

        _source.SendComplete();
        Run();

        _actor.Expect(SseClientActor.StreamEnded.WithoutCause);
    }

    [Fact]
    public void A_write_that_fails_when_the_stream_is_over_is_observed_and_harms_nothing()
    {
        var unobserved = new List<Exception>();
        EventHandler<UnobservedTaskExceptionEventArgs> onUnobserved = (_, e) => unobserved.Add(e.Exception);
        TaskScheduler.UnobservedTaskException += onUnobserved;
        _writer.Holds = true;
        Push();
        _source.SendComplete();
        Run();
        _actor.Expect<SseClientActor.StreamEnded>();

        _writer.Fail(new IOException("reset by peer: the late write"));
        Run();
        for (var i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        TaskScheduler.UnobservedTaskException -= onUnobserved;
        Assert.DoesNotContain(unobserved, e => e.ToString().Contains("the late write", StringComparison.Ordinal));
        _actor.ExpectNothing();
        Assert.Empty(Logs.Records);
        Assert.Empty(DeadLetters);
    }

    private void Push(int frames = 1)
    {
        for (var i = 0; i < frames; i++)
            _run.Add("data: {\"type\":\"server.connected\",\"id\":\"evt_1\",\"properties\":{}}\n\n"u8.ToArray());
        _source.SendNext(_run);
        Run();
    }

    private Exception ExpectEnded(Exception? cause, bool inWriter)
    {
        var ended = _actor.Expect<SseClientActor.StreamEnded>();
        _actor.ExpectNothing();
        if (inWriter)
            _source.ExpectCancellation();
        Assert.Equal(inWriter, ended.InWriter);
        Assert.Empty(Logs.Records);
        if (cause is not null)
            Assert.Same(cause, ended.Cause);
        return ended.Cause!;
    }
}
