namespace OpenCode.Actors.Tests.TestKit;

using System.Diagnostics;
using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Dsl;

public sealed class SmokeTests : HubTestKit
{
    [Fact]
    public async Task An_actor_answers_an_ask()
    {
        var echo = Spawn(Props.Create(() => new Echo()), "echo");
        Assert.Equal("hi", await AskAsync<string>(echo, "hi"));
        await Assert.ThrowsAsync<ExpectationException>(() => AskAsync<string>(echo, 42));
    }

    [Fact]
    public void A_probe_watches()
    {
        var echo = Spawn(Props.Create(() => new Echo()), "echo");
        var probe = CreateProbe("p");
        probe.Watch(echo);
        Sys.Stop(echo);
        probe.ExpectTerminated(echo);
    }

    [Fact]
    public void A_failure_is_logged() => ExpectLog<InvalidOperationException>(() => Spawn(Props.Create(() => new Echo())).Tell(new TimeoutException("x")));

    [Fact]
    public void An_escape_is_reported()
    {
        var echo = Spawn(Props.Create(() => new Echo()), "echo");
        RunDry();
        echo.Tell(1.5);
        var e = Assert.Throws<EscapeException>(RunDry);
        Assert.Contains("Echo", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_runs()
    {
        var sum = Source.From(Enumerable.Range(1, 100)).SelectAsync(4, i => Later("double", () => i * 2)).RunWith(Sink.Sum<int>((a, b) => a + b), Materializer);
        RunDry();
        Assert.True(sum.IsCompletedSuccessfully);
        Assert.Equal(10100, await sum);
    }

    [Fact]
    public void Timers_tick()
    {
        var ticks = Source.Tick(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), "x").Take(5).RunWith(Sink.Seq<string>(), Materializer);
        Time.Advance(TimeSpan.FromSeconds(4.5));
        Assert.False(ticks.IsCompleted);
        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(ticks.IsCompleted);
    }

    [Fact]
    public void Cost()
    {
        for (var round = 0; round < 3; round++)
        {
            var watch = Stopwatch.StartNew();
            for (var i = 0; i < 100; i++)
            {
                using var kit = new Bare(round == 2 ? 5 : null);
                kit.Spawn(Props.Create(() => new Echo()), "echo");
                kit.RunDry();
                kit.Dispose();
                Assert.True(((ExtendedActorSystem)kit.Sys).Provider.TerminationTask.IsCompleted);
                Assert.Empty(kit.Logs.Records);
            }

            Console.WriteLine($"COST {watch.Elapsed.TotalMilliseconds / 100} ms each");
        }
    }

    private sealed class Bare(ulong? seed) : HubTestKit(seed);

    private sealed class Echo : ReceiveActor
    {
        public Echo()
        {
            Receive<string>(m => Sender.Tell(m));
            Receive<Exception>(_ => throw new InvalidOperationException("planned"));
            Receive<double>(m => _ = Task.Run(() => { }));
        }
    }
}

public sealed class SteppedJournalSmokeTests() : HubTestKit(3)
{
    [Fact]
    public async Task Appends_are_answered_by_steps_in_their_order()
    {
        var real = await OpenCode.Actors.Journaling.Files.FileJournal.OpenAsync(new OpenCode.Actors.Journaling.Disks.MemoryDisk(), new(), Time, Entropy.NextUInt64);
        await using var journal = new SteppedJournal(real, Simulation);
        var actor = Spawn(Props.CreateBy(new Made(journal)));
        for (var i = 0; i < 10; i++)
            actor.Tell(i);
        RunDry();
        Assert.Equal(10, real.Head);
        Assert.Equal("1 2 3 4 5 6 7 8 9 10", string.Join(' ', (await AskAsync<List<long>>(actor, "list")).Order()));
        Assert.Equal(10, await AskAsync<int>(actor, "read"));
    }

    private sealed class Made(OpenCode.Actors.Journaling.IJournal journal) : IIndirectActorProducer
    {
        public Type ActorType => typeof(Writer);

        public ActorBase Produce() => new Writer(journal);

        public void Release(ActorBase actor)
        {
        }
    }

    private sealed class Writer : ReceiveActor
    {
        private readonly List<long> _offsets = [];

        public Writer(OpenCode.Actors.Journaling.IJournal journal)
        {
            Receive<int>(i => _ = journal.AppendAsync(new OpenCode.Actors.Journaling.JournalBatch([new($"e{i}", "t", null, null, null, -1, Durable: true, "{}"u8.ToArray())], []), default).AsTask().PipeTo(Self));
            Receive<long>(_offsets.Add);
            Receive<string>(s => s == "list", _ => Sender.Tell(_offsets));
            ReceiveAsync<string>(_ => ReadAsync(journal));
        }

        private async Task ReadAsync(OpenCode.Actors.Journaling.IJournal journal)
        {
            var sender = Sender;
            var n = 0;
            await foreach (var page in journal.ReadAsync(0, OpenCode.Actors.Journaling.EntryFilter.All, default))
                n += page.Entries.Count;
            Assert.Equal(sender, Sender);
            Sender.Tell(n);
        }
    }
}
