using Akka.Actor;
using Akka.Pattern;

namespace OpenCode.Actors.Tests.TestKit;

/// <summary>What actors of this project use of Akka works step by step on virtual time.</summary>
public sealed class AkkaOnStepsTests : HubTestKit
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Timers_follow_the_virtual_clock_and_repeat_once_a_period()
    {
        var probe = CreateProbe();
        var actor = Spawn(ScriptedActor.PropsFor((_, message) => probe.Ref.Tell($"{message} at {Seconds}")));
        actor.Tell(new ScriptedActor.Do(a =>
        {
            a.Timers.StartPeriodicTimer("p", "period", Second);
            a.Timers.StartSingleTimer("s", "single", 2.5 * Second);
        }));

        Time.Advance(3 * Second);

        Assert.Equal(["period at 1", "period at 2", "single at 2.5", "period at 3"], TakeAll(probe));
        actor.Tell(new ScriptedActor.Do(a => a.Timers.CancelAll()));
        probe.ExpectNothing(10 * Second);
    }

    [Fact]
    public void The_clock_of_the_scheduler_is_the_clock_of_the_time_provider()
    {
        Time.Advance(90 * Second);

        Assert.Equal(Time.GetUtcNow(), Sys.Scheduler.Now);
        Assert.Equal(90 * Second, Sys.Scheduler.MonotonicClock);
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 0, 1, 30, TimeSpan.Zero), Time.GetUtcNow());
    }

    [Fact]
    public void A_receive_timeout_comes_after_silence()
    {
        var probe = CreateProbe();
        var actor = Spawn(ScriptedActor.PropsFor((_, message) => probe.Ref.Tell(message is ReceiveTimeout ? $"timeout at {Seconds}" : message)));
        actor.Tell(new ScriptedActor.Do(a => a.Context.SetReceiveTimeout(2 * Second)));
        Time.Advance(Second);
        actor.Tell("x");

        Time.Advance(2 * Second);

        Assert.Equal(["x", "timeout at 3"], TakeAll(probe));
    }

    [Fact]
    public void Behaviours_change_and_stashed_messages_come_back_in_order()
    {
        var probe = CreateProbe();
        var actor = Spawn(ScriptedActor.PropsFor((a, message) =>
        {
            if (!"open".Equals(message))
            {
                a.Stash.Stash();
                return;
            }

            a.Turn(probe.Ref.Tell);
            a.Stash.UnstashAll();
        }));

        foreach (var message in (string[])["1", "2", "open", "3"])
            actor.Tell(message);

        Assert.Equal(["1", "2", "3"], TakeAll(probe));
    }

    [Fact]
    public void A_failed_child_is_restarted_and_logged()
    {
        var probe = CreateProbe();
        var actor = Spawn(Props.Create(() => new Restarting(probe.Ref)));

        ExpectLog<TimeoutException>(() => actor.Tell("fail"));
        actor.Tell("x");

        Assert.Equal(["started", "restarted", "started", "x"], TakeAll(probe));
    }

    [Fact]
    public void A_backoff_supervisor_starts_its_child_again_after_the_virtual_delay()
    {
        var probe = CreateProbe();
        var supervisor = Spawn(BackoffSupervisor.Props(Backoff.OnFailure(Props.Create(() => new Restarting(probe.Ref)), "child", Second, 10 * Second, 0, -1)));
        probe.Expect("started");

        ExpectLog<TimeoutException>(() => supervisor.Tell("fail"));
        probe.ExpectNothing(0.9 * Second);
        Time.Advance(0.1 * Second);
        probe.Expect("started");
    }

    [Fact]
    public void A_piped_task_of_a_fake_comes_as_a_message()
    {
        var probe = CreateProbe();
        var actor = Spawn(ScriptedActor.PropsFor((a, message) =>
        {
            if (message is string)
                _ = TwiceAsync().PipeTo(a.Me, success: i => i, failure: e => new Status.Failure(e));
            else
                probe.Ref.Tell(message);
        }));

        actor.Tell("go");

        Assert.Equal(3, probe.Expect<int>());

        async Task<int> TwiceAsync() => await Later("one", () => 1) + await Later("two", () => 2).ConfigureAwait(false);
    }

    [Fact]
    public void A_piped_ask_of_another_actor_comes_as_a_message()
    {
        var probe = CreateProbe();
        var other = Spawn(ScriptedActor.PropsFor((a, message) => a.From.Tell($"{message}!")));
        var actor = Spawn(ScriptedActor.PropsFor((a, message) => _ = other.Ask<string>(message, Second).PipeTo(probe.Ref)));

        actor.Tell("x");

        probe.Expect("x!");
    }

    [Fact]
    public void An_async_handler_keeps_its_context_and_blocks_its_mailbox()
    {
        var probe = CreateProbe();
        var actor = Spawn(Props.Create(() => new Async(Simulation, probe.Ref)));

        probe.Send(actor, "a");
        probe.Send(actor, "b");

        Assert.Equal(["a", "b"], TakeAll(probe));
    }

    [Fact]
    public void Delays_by_the_time_provider_are_steps()
    {
        var probe = CreateProbe();
        var actor = Spawn(ScriptedActor.PropsFor((a, message) => _ = DelayAsync(message).PipeTo(probe.Ref)));
        actor.Tell("x");

        probe.ExpectNothing(2.9 * Second);
        Assert.Equal("x at 3", probe.Expect<string>());

        async Task<string> DelayAsync(object message)
        {
            await Task.Delay(3 * Second, Time);
            return $"{message} at {Seconds}";
        }
    }

    [Fact]
    public async Task A_graceful_stop_ends()
    {
        var actor = Spawn(ScriptedActor.PropsFor((_, _) => { }));
        var stopped = actor.GracefulStop(Second);
        RunDry();

        Assert.True(stopped.IsCompleted);
        Assert.True(await stopped);
    }

    private double Seconds => TimeSpan.FromTicks(Time.GetTimestamp()).TotalSeconds;

    private static List<object> TakeAll(HubProbe probe)
    {
        var taken = new List<object>();
        while (probe.Count > 0)
            taken.Add(probe.Expect<object>());
        return taken;
    }

    private sealed class Restarting : ReceiveActor
    {
        private readonly IActorRef _probe;

        public Restarting(IActorRef probe)
        {
            _probe = probe;
            Receive<string>(m => m == "fail", _ => throw new TimeoutException("planned"));
            ReceiveAny(probe.Tell);
        }

        protected override void PreStart() => _probe.Tell("started");

        protected override void PostRestart(Exception reason)
        {
            _probe.Tell("restarted");
            base.PostRestart(reason);
        }
    }

    private sealed class Async : ReceiveActor
    {
        public Async(SeededSystem system, IActorRef probe)
        {
            ReceiveAsync<string>(async message =>
            {
                var (self, sender) = (Self, Sender);
                await system.Later("first", () => 1);
                await Task.Yield();
                await system.Later("second", () => 1);
                if (!self.Equals(Self) || !sender.Equals(Sender))
                    probe.Tell("lost context");
                Sender.Tell(message);
            });
        }
    }
}
