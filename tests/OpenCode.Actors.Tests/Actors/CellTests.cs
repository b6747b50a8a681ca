using OpenCode.Actors.TestKit;

namespace OpenCode.Actors.Tests.Actors;

/// <summary>ACTORS §2. That there is one runner at a time is in <see cref="SendingTests"/>.</summary>
public sealed class CellTests : ActorKit
{
    [Fact]
    public async Task The_system_queue_is_drained_before_each_user_message()
    {
        var seen = new List<object>();
        IActorRef actor = null!;
        actor = Spawn(TestActor.PropsFor((_, message) =>
        {
            seen.Add(message);
            if (message is 1)
                System.Stop(actor); // Behind message 2 in time, before it in rank.
        }));

        actor.Tell(1);
        actor.Tell(2);
        await RunDryAsync();

        Assert.Equal([1], seen);
        Assert.Equal(1, System.DeadLetterCount);
    }

    [Fact]
    public async Task A_suspended_cell_runs_system_messages_only()
    {
        // Its parent decides late: until then the child is suspended.
        var decide = new TaskCompletionSource();
        var probe = CreateProbe();
        IActorRef child = null!;
        var parent = Spawn(Props.Create(() => new TestActor
        {
            OnPreStart = a =>
            {
                child = a.Context.ActorOf(TestActor.PropsFor((_, message) => probe.Ref.Tell(message)));
                return ValueTask.CompletedTask;
            },
            OnPreRestart = async (_, _, _) => await decide.Task,
            Supervision = new OneForOne(decider: _ => Directive.Escalate),
        }));
        await RunDryAsync();

        child.Do(_ => throw new InvalidOperationException());
        child.Tell("waits");
        await RunDryAsync();
        probe.ExpectNothing();

        probe.Watch(child);
        System.Stop(child);
        probe.ExpectTerminated(child);
        decide.SetResult();
        await RunDryAsync();
        probe.ExpectNothing();
    }

    [Fact]
    public async Task A_turn_handles_no_more_than_the_throughput_before_others_have_theirs()
    {
        var seen = new List<string>();
        var greedy = Spawn(TestActor.PropsFor((_, _) => seen.Add("greedy")).WithThroughput(4));
        var other = Spawn(TestActor.PropsFor((_, _) => seen.Add("other")));
        await RunDryAsync();

        for (var i = 0; i < 10; i++)
            greedy.Tell(i);
        other.Tell("x");
        await RunDryAsync();

        Assert.Equal(4, seen.IndexOf("other"));
        Assert.Equal(11, seen.Count);
    }

    [Fact]
    public async Task An_async_handler_that_yields_for_ever_does_not_starve_others()
    {
        var end = false;
        var spinning = Spawn(TestActor.PropsFor(async (_, _) =>
        {
            while (!Volatile.Read(ref end))
                await Task.Yield();
        }));
        var other = Spawn(TestActor.PropsFor((_, _) => Volatile.Write(ref end, true)));

        spinning.Tell("spin");
        other.Tell("end it");
        await RunDryAsync();

        Assert.True(end);
    }

    [Fact]
    public async Task A_message_that_held_the_thread_for_long_is_logged()
    {
        var clock = new SlowClock();
        using var kit = new ClockedKit(clock);
        var actor = kit.Spawn(TestActor.PropsFor((_, _) => clock.Milliseconds += 150).WithDispatcher("slow"));

        actor.Tell("heavy");
        await kit.RunDryAsync();
        while (clock.Turns.TryDequeue(out var turn))
            turn.Execute();

        Assert.Contains(kit.Logs.Records, r => r.EventId == 1013 && r.Message.Contains("150", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_turn_ends_after_five_milliseconds_even_within_its_throughput()
    {
        var clock = new SlowClock();
        using var kit = new ClockedKit(clock);
        var seen = 0;
        var actor = kit.Spawn(TestActor.PropsFor((_, _) =>
        {
            seen++;
            clock.Milliseconds += 2;
        }).WithDispatcher("slow"));

        for (var i = 0; i < 10; i++)
            actor.Tell(i);
        clock.Turns.Dequeue().Execute(); // Starts the actor, and goes on with messages.

        Assert.Equal(3, seen);
        Assert.Single(clock.Turns);
        await kit.RunDryAsync();
        while (clock.Turns.TryDequeue(out var turn))
            turn.Execute();
        Assert.Equal(10, seen);
    }

    private sealed class ClockedKit(SlowClock clock) : ActorKit(configure: options => options.Dispatchers["slow"] = clock)
    {
        protected override void Dispose(bool disposing)
        {
            _ = System.TerminateAsync();
            RunDry();
            while (clock.Turns.TryDequeue(out var turn))
                turn.Execute();
            base.Dispose(disposing);
        }
    }

    private sealed class SlowClock : IDispatcher
    {
        public Queue<IThreadPoolWorkItem> Turns { get; } = [];

        public long Milliseconds { get; set; }

        public void Schedule(IThreadPoolWorkItem turn, bool preferLocal) => Turns.Enqueue(turn);
    }
}
