using Akka;
using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Dsl;
using Akka.Streams.Stage;
using Akka.Streams.TestKit;

namespace OpenCode.Actors.Tests.TestKit;

/// <summary>What streams of this project use of Akka.Streams works step by step on virtual time.</summary>
public sealed class StreamsOnStepsTests : HubTestKit
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_custom_source_is_woken_by_its_async_callback()
    {
        var feed = new Feed();
        var all = Source.FromGraph(new FeedSource(feed)).Select(x => x * 10).Async().RunWith(Sink.Seq<int>(), Materializer);
        RunDry();
        var actor = Spawn(ScriptedActor.PropsFor((_, message) => feed.Push((int)message)));

        foreach (var number in (int[])[1, 2, 3, 0])
            actor.Tell(number);
        RunDry();

        Assert.Equal([10, 20, 30], await Ended(all));
    }

    [Fact]
    public async Task SelectAsync_keeps_the_order_of_a_stepped_fake()
    {
        var all = Source.From(Enumerable.Range(1, 20)).SelectAsync(4, i => Later("double", () => i * 2)).RunWith(Sink.Seq<int>(), Materializer);
        RunDry();

        Assert.Equal(Enumerable.Range(1, 20).Select(i => i * 2), await Ended(all));
    }

    [Fact]
    public async Task An_async_enumerable_is_a_source()
    {
        var all = Source.From(() => CountAsync()).RunWith(Sink.Seq<int>(), Materializer);
        RunDry();

        Assert.Equal([0, 1, 2], await Ended(all));

        async IAsyncEnumerable<int> CountAsync()
        {
            for (var i = 0; i < 3; i++)
                yield return await Later("next", () => i);
        }
    }

    [Fact]
    public async Task A_restarted_source_begins_again_after_the_virtual_delay()
    {
        var starts = new List<double>();
        var all = RestartSource.WithBackoff(
                () =>
                {
                    starts.Add(TimeSpan.FromTicks(Time.GetTimestamp()).TotalSeconds);
                    return starts.Count < 3 ? Source.Failed<int>(new TimeoutException("planned")) : Source.Single(starts.Count);
                },
                RestartSettings.Create(Second, 8 * Second, 0))
            .Take(1)
            .RunWith(Sink.Seq<int>(), Materializer);

        Time.Advance(10 * Second);

        Assert.Equal([3], await Ended(all));
        Assert.Equal([0, 1, 3], starts);
    }

    [Fact]
    public async Task Ticks_come_one_by_one()
    {
        var ticks = Source.Tick(Second, Second, "x").Take(5).RunWith(Sink.Seq<string>(), Materializer);
        Time.Advance(4.9 * Second);
        Assert.False(ticks.IsCompleted);

        Time.Advance(0.1 * Second);

        Assert.Equal(5, (await Ended(ticks)).Count);
    }

    [Fact]
    public void The_failure_of_a_stage_is_logged()
    {
        var feed = new Feed();
        feed.Push(-1);

        ExpectLog<TimeoutException>(() => _ = Source.FromGraph(new FeedSource(feed)).RunWith(Sink.Ignore<int>(), Materializer));
    }

    [Fact]
    public void A_materializer_of_an_actor_ends_its_streams_with_it()
    {
        var ended = CreateProbe();
        var actor = Spawn(Props.Create(() => new Streaming(ended.Ref)));
        RunDry();

        Sys.Stop(actor);

        ended.Expect("ended");
    }

    [Fact]
    public void Akkas_probes_of_streams_work_after_a_run()
    {
        var (source, sink) = this.SourceProbe<int>().ToMaterialized(this.SinkProbe<int>(), Keep.Both).Run(Materializer);
        RunDry();
        sink.Request(2);
        RunDry();
        source.SendNext(1);
        source.SendNext(2);
        source.SendComplete();
        RunDry();

        sink.ExpectNext(1).ExpectNext(2).ExpectComplete();
    }

    // The result of a stream is complete after a run, so the test stays on its thread.
    private static Task<T> Ended<T>(Task<T> task)
    {
        Assert.True(task.IsCompleted, "The stream has not ended.");
        return task;
    }

    private sealed class Streaming : ReceiveActor
    {
        public Streaming(IActorRef ended)
        {
            var materializer = Context.Materializer();
            _ = Source.Maybe<int>().WatchTermination((_, done) => done).ToMaterialized(Sink.Ignore<int>(), Keep.Left).Run(materializer)
                .ContinueWith(_ => ended.Tell("ended"), TaskContinuationOptions.ExecuteSynchronously);
        }
    }

    private sealed class Feed
    {
        private readonly Queue<int> _waiting = new();

        public Action? Wake { get; set; }

        public void Push(int number)
        {
            _waiting.Enqueue(number);
            Wake?.Invoke();
        }

        public bool TryTake(out int number) => _waiting.TryDequeue(out number);
    }

    private sealed class FeedSource(Feed feed) : GraphStage<SourceShape<int>>
    {
        private readonly Outlet<int> _out = new("feed.out");

        public override SourceShape<int> Shape => new(_out);

        protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, feed);

        private sealed class Logic : GraphStageLogic
        {
            private readonly FeedSource _stage;
            private readonly Feed _feed;

            public Logic(FeedSource stage, Feed feed)
                : base(stage.Shape)
            {
                (_stage, _feed) = (stage, feed);
                SetHandler(stage._out, onPull: TryPush);
            }

            public override void PreStart() => _feed.Wake = GetAsyncCallback(TryPush);

            private void TryPush()
            {
                if (!IsAvailable(_stage._out) || !_feed.TryTake(out var number))
                    return;
                if (number < 0)
                    throw new TimeoutException("planned");
                if (number == 0)
                    Complete(_stage._out);
                else
                    Push(_stage._out, number);
            }
        }
    }
}
