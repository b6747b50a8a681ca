using OpenCode.Actors;
using OpenCode.Actors.TestKit;

namespace OpenCode.Actors.Tests.Actors;

/// <summary>ACTORS §7.</summary>
public sealed class AsyncHandlerTests : ActorKit
{
    private readonly List<object> _seen = [];
    private readonly TaskCompletionSource _gate = new();

    [Fact]
    public async Task User_messages_wait_for_an_async_handler_and_system_messages_do_not()
    {
        var probe = CreateProbe();
        IActorRef child = null!;
        var decided = 0;
        var actor = Spawn(Props.Create(() => new TestActor
        {
            OnPreStart = a =>
            {
                child = a.Context.ActorOf(TestActor.PropsFor((_, _) => throw new InvalidOperationException()));
                return ValueTask.CompletedTask;
            },
            OnReceive = async (_, message) =>
            {
                await _gate.Task;
                _seen.Add(message);
            },
            Supervision = new OneForOne(decider: _ =>
            {
                decided++;
                return Directive.Stop;
            }),
        }));
        actor.Tell(1);
        actor.Tell(2);
        await RunDryAsync();

        probe.Watch(child); // The failure of a child, and its end, are dealt with between continuations.
        child.Tell("fail");
        probe.ExpectTerminated(child);
        Assert.Equal(1, decided);
        Assert.Empty(_seen);

        _gate.SetResult();
        await RunDryAsync();
        Assert.Equal([1, 2], _seen);
    }

    [Fact]
    public async Task Every_continuation_runs_in_the_turn_of_the_cell()
    {
        await using var system = ActorSystem.Create("pool");
        var inside = 0;
        var overlaps = 0;
        var left = 2_000;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var actor = system.ActorOf(TestActor.PropsFor(async (a, message) =>
        {
            for (var i = 0; i < 3; i++)
            {
                Check();
                await Task.Run(() => { });
                Check();
                _ = a.Context.Children; // Throws outside of the turn.
                _ = a.Context.Timers;
            }

            if (--left == 0)
                done.SetResult();
        }).WithMailbox(MailboxOptions.Unbounded));

        for (var i = 0; i < 2_000; i++)
            actor.Tell(i);

        await done.Task.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(0, overlaps);

        void Check()
        {
            if (Interlocked.Increment(ref inside) != 1)
                overlaps++;
            Interlocked.Decrement(ref inside);
        }
    }

    [Fact]
    public async Task Self_and_Sender_are_the_same_after_an_await()
    {
        var one = CreateProbe();
        var two = CreateProbe();
        var actor = Spawn(TestActor.PropsFor(async (a, message) =>
        {
            await Task.Yield();
            a.Sender.Tell(message, a.Self);
            await Task.Yield();
            a.Sender.Tell(message, a.Self);
        }));

        one.Send(actor, 1);
        two.Send(actor, 2);

        foreach (var (probe, number) in ((TestProbe, int)[])[(one, 1), (two, 2)])
        {
            Assert.Equal(number, probe.Expect<int>());
            Assert.Equal(number, probe.Expect<int>());
            Assert.Equal(actor, probe.LastSender);
            probe.ExpectNothing();
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_exception_or_a_cancellation_out_of_the_task_is_a_failure_of_the_message(bool cancel)
    {
        var instances = 0;
        object? failed = null;
        var actor = Spawn(Props.Create(() =>
        {
            instances++;
            return new TestActor
            {
                OnReceive = async (_, _) =>
                {
                    await Task.Yield();
                    if (cancel)
                        throw new OperationCanceledException();
                    throw new InvalidOperationException();
                },
                OnPreRestart = (_, _, message) =>
                {
                    failed = message;
                    return ValueTask.CompletedTask;
                },
            };
        }));

        actor.Tell("it");
        await RunDryAsync();

        Assert.Equal(2, instances);
        Assert.Equal("it", failed);
    }

    [Fact]
    public async Task A_stop_cancels_the_token_and_waits_for_the_handler()
    {
        var probe = CreateProbe();
        var actor = Spawn(Props.Create(() => new TestActor
        {
            OnReceive = async (a, _) =>
            {
                try
                {
                    await _gate.Task.WaitAsync(a.Context.Incarnation);
                }
                finally
                {
                    await Task.Yield();
                    _seen.Add("cleaned up");
                }
            },
            OnPostStop = _ =>
            {
                _seen.Add("PostStop");
                return ValueTask.CompletedTask;
            },
        }));
        probe.Watch(actor);
        actor.Tell("x");
        await RunDryAsync();

        System.Stop(actor);
        await RunDryAsync();

        Assert.Equal(["cleaned up", "PostStop"], _seen);
        probe.ExpectTerminated(actor);
        Assert.DoesNotContain(Logs.Records, r => r.Exception is OperationCanceledException); // The way out by the cell's own token is no failure.
        Assert.Equal(0, System.ZombieCount);
    }

    [Fact]
    public async Task A_task_that_ignores_its_token_becomes_a_zombie_whose_result_is_discarded_and_counted()
    {
        var probe = CreateProbe();
        Exception? refused = null;
        var actor = Spawn(Props.Create(() => new TestActor
        {
            OnReceive = async (a, message) =>
            {
                var sender = a.Sender;
                await _gate.Task;
                Assert.Equal(sender, a.Sender);
                _seen.Add("zombie runs on");
                refused = Record.Exception(() => a.Context.Watch(sender));
                throw new NotSupportedException("nobody cares");
            },
            OnPostStop = _ =>
            {
                _seen.Add("PostStop");
                return ValueTask.CompletedTask;
            },
        }));
        probe.Watch(actor);
        probe.Send(actor, "x");
        await RunDryAsync();

        System.Stop(actor);
        Time.Advance(TimeSpan.FromSeconds(1.9));
        probe.ExpectNothing();
        Time.Advance(TimeSpan.FromSeconds(0.1));

        probe.ExpectTerminated(actor);
        Assert.Equal(["PostStop"], _seen);
        Assert.Equal(1, System.ZombieCount);

        _gate.SetResult();
        await RunDryAsync();
        Assert.Equal(["PostStop", "zombie runs on"], _seen);
        Assert.IsType<InvalidOperationException>(refused);
    }

    [Fact]
    public async Task A_zombie_of_an_earlier_incarnation_does_not_touch_the_next_one()
    {
        var instances = 0;
        IActorRef child = null!;
        var actor = Spawn(Props.Create(() =>
        {
            var number = ++instances;
            return new TestActor
            {
                OnPreStart = a =>
                {
                    child = a.Context.ActorOf(TestActor.PropsFor((_, _) => throw new InvalidOperationException()));
                    return ValueTask.CompletedTask;
                },
                OnReceive = async (a, message) =>
                {
                    if (message is "zombie")
                    {
                        await _gate.Task;
                        a.Sender.Tell("from the grave", a.Self);
                        a.Context.Become(_ => throw new InvalidOperationException());
                    }

                    _seen.Add($"{number} {message}");
                },
                Supervision = new OneForOne(decider: _ => Directive.Escalate),
            };
        }));
        actor.Tell("zombie");
        await RunDryAsync();
        child.Tell("fail"); // Escalates: the actor is restarted while its handler hangs.
        await RunDryAsync();
        Assert.Equal(1, instances);
        Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(2, instances);

        actor.Tell("a");
        _gate.SetResult();
        actor.Tell("b");
        await RunDryAsync();

        Assert.Equal(["2 a", "2 b"], _seen);
        Assert.Equal(1, System.ZombieCount);
    }

    [Fact]
    public async Task Hooks_may_be_async_and_hold_messages_back()
    {
        var actor = Spawn(Props.Create(() => new TestActor
        {
            OnPreStart = async _ =>
            {
                await _gate.Task;
                _seen.Add("started");
            },
            OnReceive = (_, message) =>
            {
                _seen.Add(message);
                return ValueTask.CompletedTask;
            },
        }));
        actor.Tell("m");
        await RunDryAsync();
        Assert.Empty(_seen);

        _gate.SetResult();
        await RunDryAsync();
        Assert.Equal(["started", "m"], _seen);
    }

    [Fact]
    public async Task An_actor_that_hangs_in_its_start_can_be_stopped()
    {
        var probe = CreateProbe();
        var actor = Spawn(Props.Create(() => new TestActor { OnPreStart = async _ => await _gate.Task }));
        probe.Watch(actor);
        await RunDryAsync();

        System.Stop(actor);
        Time.Advance(TimeSpan.FromSeconds(2));

        probe.ExpectTerminated(actor);
    }

    [Fact]
    public async Task The_context_refuses_who_is_not_in_the_turn()
    {
        IActorContext context = null!;
        var actor = Spawn(TestActor.PropsFor((_, _) => { }));
        actor.Do(a => context = a.Context);
        await RunDryAsync();

        Assert.Throws<InvalidOperationException>(() => context.ActorOf(TestActor.PropsFor((_, _) => { })));
        Assert.Throws<InvalidOperationException>(() => context.Watch(actor));
        Assert.Throws<InvalidOperationException>(() => context.Timers);
        Assert.Equal(actor, context.Self);
    }

    [Fact]
    public async Task PipeTo_lets_other_messages_be_handled_meanwhile_and_brings_result_or_failure_as_a_message()
    {
        var work = new TaskCompletionSource<int>();
        var failing = new TaskCompletionSource();
        var actor = Spawn(TestActor.PropsFor((_, message) => _seen.Add(message)).WithMailbox(MailboxOptions.Bounded(2)));
        actor.Do(a =>
        {
            a.Context.PipeTo(work.Task, number => $"got {number}");
            a.Context.PipeTo(failing.Task, failure: exception => exception.Message);
            a.Context.PipeTo(Task.CompletedTask, () => "already done");
            a.Context.PipeTo(ValueTask.FromException<int>(new NotSupportedException()), _ => "never");
        });
        actor.Tell("meanwhile");
        await RunDryAsync();
        Assert.Equal("meanwhile", _seen[0]);
        Assert.Equal("already done", _seen[1]);
        Assert.IsType<NotSupportedException>(Assert.IsType<Status.Failure>(_seen[2]).Cause);

        _seen.Clear();
        work.SetResult(42);
        failing.SetException(new InvalidOperationException("no"));
        await RunDryAsync();
        Assert.Equal(["got 42", "no"], _seen);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_piped_result_for_an_earlier_incarnation_is_a_dead_letter(bool stop)
    {
        var probe = CreateProbe();
        System.EventStream.Subscribe<DeadLetter>(probe.Ref);
        var work = new TaskCompletionSource<int>();
        var actor = Spawn(TestActor.PropsFor((_, message) => _seen.Add(message)));
        actor.Do(a => a.Context.PipeTo(work.Task, number => number));
        await RunDryAsync();
        if (stop)
            System.Stop(actor);
        else
            actor.Do(_ => throw new InvalidOperationException());
        await RunDryAsync();

        work.SetResult(42);
        await RunDryAsync();

        Assert.Empty(_seen);
        probe.FishFor<DeadLetter>(d => d.Message is 42 && d.Reason == DeadLetterReason.Stopped);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Piped_work_that_the_end_of_its_incarnation_cancels_is_nobodys_loss(bool stop)
    {
        var probe = CreateProbe();
        System.EventStream.Subscribe<DeadLetter>(probe.Ref);
        var actor = Spawn(TestActor.PropsFor((_, message) => _seen.Add(message)));
        actor.Do(a => a.Context.PipeTo(Task.Delay(Timeout.InfiniteTimeSpan, System.Time, a.Context.Incarnation)));
        await RunDryAsync();
        if (stop)
            System.Stop(actor);
        else
            actor.Do(_ => throw new InvalidOperationException());
        await RunDryAsync();

        Assert.Empty(_seen);
        probe.ExpectNothing();
    }

    [Fact]
    public async Task The_token_belongs_to_one_incarnation()
    {
        var tokens = new List<CancellationToken>();
        var actor = Spawn(TestActor.PropsFor((a, message) =>
        {
            tokens.Add(a.Context.Incarnation);
            if (message is "fail")
                throw new InvalidOperationException();
        }));

        actor.Tell("fail");
        actor.Tell("x");
        await RunDryAsync();

        Assert.True(tokens[0].IsCancellationRequested);
        Assert.False(tokens[1].IsCancellationRequested);
        System.Stop(actor);
        await RunDryAsync();
        Assert.True(tokens[1].IsCancellationRequested);
    }
}
