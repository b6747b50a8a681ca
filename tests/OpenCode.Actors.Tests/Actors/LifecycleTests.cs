using OpenCode.Actors;
using OpenCode.Actors.TestKit;

namespace OpenCode.Actors.Tests.Actors;

/// <summary>ACTORS §3.</summary>
public sealed class LifecycleTests : ActorKit
{
    private readonly List<string> _steps = [];
    private int _instances;

    [Fact]
    public void An_actor_is_made_and_started_once_before_its_first_message()
    {
        var actor = Spawn(Recorded());
        actor.Tell("message");
        RunDry();

        Assert.Equal(["new 1", "PreStart 1", "message 1"], _steps);
    }

    [Fact]
    public void The_context_is_not_there_in_the_constructor()
    {
        var failure = ExpectLog<ActorInitializationException>(() => Spawn(Props.Create(() => new AsksInConstructor())));

        Assert.Contains("PreStartAsync", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_restart_is_PreRestart_then_a_new_instance_then_PostRestart_and_the_mailbox_survives()
    {
        var probe = CreateProbe();
        var actor = Spawn(Recorded(preRestart: null));
        probe.Watch(actor);
        actor.Tell("before");
        actor.Tell("fail");
        actor.Tell("after");
        await RunDryAsync();

        // PreRestart calls PostStop, PostRestart calls PreStart: the defaults.
        Assert.Equal(["new 1", "PreStart 1", "before 1", "PostStop 1", "new 2", "PreStart 2", "after 2"], _steps);
        probe.ExpectNothing(); // Watchers see nothing of it, and the failing message is not tried again.
    }

    [Fact]
    public async Task PreRestart_gets_the_cause_and_the_message_and_PostRestart_the_cause()
    {
        var cause = new InvalidOperationException("why");
        (Exception, object?) before = default;
        Exception? after = null;
        var actor = Spawn(Props.Create(() => new TestActor
        {
            OnReceive = (_, _) => throw cause,
            OnPreRestart = (_, exception, message) =>
            {
                before = (exception, message);
                return ValueTask.CompletedTask;
            },
            OnPostRestart = (_, exception) =>
            {
                after = exception;
                return ValueTask.CompletedTask;
            },
        }));

        actor.Tell("it");
        await RunDryAsync();

        Assert.Equal((cause, "it"), before);
        Assert.Same(cause, after);
    }

    [Fact]
    public async Task A_restart_waits_for_the_children_it_stopped_and_restarts_those_that_survive()
    {
        var slow = new TaskCompletionSource();
        var made = new List<string>();
        Props Child(string name, Task end) => Props.Create(() =>
        {
            made.Add(name);
            return new TestActor { OnPostStop = _ => new ValueTask(end) };
        });
        var parents = 0;
        var parent = Spawn(Props.Create(() => new TestActor
        {
            OnPreStart = a =>
            {
                if (++parents == 1)
                {
                    a.Context.ActorOf(Child("stopped", slow.Task), "stopped");
                    a.Context.ActorOf(Child("survivor", Task.CompletedTask), "survivor");
                }

                return ValueTask.CompletedTask;
            },
            OnPreRestart = (a, _, _) =>
            {
                a.Context.Stop(a.Context.Child("stopped")!);
                return ValueTask.CompletedTask;
            },
        }));
        await RunDryAsync();

        parent.Do(_ => throw new InvalidOperationException());
        await RunDryAsync();
        Assert.Equal(1, parents); // Waits, and nobody's thread is held: RunDry came back.

        slow.SetResult();
        await RunDryAsync();
        Assert.Equal(2, parents);
        Assert.Equal(["stopped", "survivor", "survivor"], made);
        var children = 0;
        parent.Do(a => children = a.Context.Children.Count);
        await RunDryAsync();
        Assert.Equal(1, children);
    }

    [Fact]
    public async Task By_default_a_restart_unwatches_and_stops_all_children()
    {
        var child = CreateProbe();
        IActorRef born = null!;
        var parent = Spawn(Props.Create(() => new TestActor
        {
            OnReceive = (a, message) => message is Terminated ? throw new InvalidOperationException("must not come") : a.Unhandled(message),
        }));
        parent.Do(a =>
        {
            born = a.Context.ActorOf(TestActor.PropsFor((_, _) => { }));
            a.Context.Watch(born);
        });
        await RunDryAsync();
        child.Watch(born);

        parent.Do(_ => throw new InvalidOperationException("first"));
        child.ExpectTerminated(born);

        Assert.Single(Logs.Records, r => r.Exception is InvalidOperationException);
    }

    [Fact]
    public async Task A_PreRestart_that_throws_is_logged_and_ignored()
    {
        var actor = Spawn(Props.Create(() => new TestActor { OnPreRestart = (_, _, _) => throw new NotSupportedException(), OnReceive = Fail }));

        ExpectLog<NotSupportedException>(() => actor.Tell("fail"));

        Assert.Equal("alive", await PingAsync(actor));
    }

    [Fact]
    public async Task A_constructor_or_PostRestart_that_throws_in_a_restart_is_a_new_failure()
    {
        var attempts = 0;
        var parent = Spawn(Props.Create(() => new TestActor { Supervision = new OneForOne(decider: _ => Directive.Restart) }));
        IActorRef child = null!;
        parent.Do(a => child = a.Context.ActorOf(Props.Create(() => ++attempts == 2
            ? throw new NotSupportedException("constructor")
            : new TestActor { OnReceive = Fail, OnPostRestart = (_, _) => attempts == 3 ? throw new NotSupportedException("PostRestart") : ValueTask.CompletedTask })));
        await RunDryAsync();

        ExpectLog<ActorInitializationException>(() => child.Tell("fail"), count: 2);

        Assert.Equal(4, attempts);
        Assert.Equal("alive", await PingAsync(child));
    }

    [Fact]
    public async Task A_restart_clears_behaviours_timers_and_receive_timeout_and_puts_the_stash_in_front()
    {
        var seen = new List<object>();
        var actor = Spawn(Props.Create(() => new TestActor
        {
            OnReceive = (_, message) =>
            {
                seen.Add(message);
                return ValueTask.CompletedTask;
            },
        }));
        actor.Do(a =>
        {
            a.Context.Timers.StartWithFixedDelay("t", "tick", TimeSpan.FromSeconds(1));
            a.Context.SetReceiveTimeout(TimeSpan.FromSeconds(1));
            a.Context.BecomeStacked(message =>
            {
                if (message is "fail")
                    throw new InvalidOperationException();
                a.Context.Stash.Stash();
                return ValueTask.CompletedTask;
            });
        });
        actor.Tell("stashed 1");
        actor.Tell("stashed 2");
        actor.Tell("fail");
        actor.Tell("in the mailbox");
        await RunDryAsync();
        Time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(["stashed 1", "stashed 2", "in the mailbox"], seen);
    }

    [Fact]
    public async Task A_stop_ends_the_current_message_then_children_then_PostStop_then_parent_and_watchers_hear_and_the_name_is_free()
    {
        var probe = CreateProbe();
        var steps = new List<string>();
        Props Recording(string name, Props? child = null) => Props.Create(() => new TestActor
        {
            OnPreStart = a =>
            {
                if (child is not null)
                    a.Context.ActorOf(child, "child");
                return ValueTask.CompletedTask;
            },
            OnPostStop = _ =>
            {
                steps.Add($"PostStop {name}");
                return ValueTask.CompletedTask;
            },
        });
        var actor = Spawn(Recording("parent", Recording("child", Recording("grandchild"))), "name");
        probe.Watch(actor);
        actor.Do(a =>
        {
            a.Context.Stop(a.Self);
            steps.Add("message ends");
        });
        actor.Tell("rest of the mailbox");
        await RunDryAsync();

        Assert.Equal(["message ends", "PostStop grandchild", "PostStop child", "PostStop parent"], steps);
        Assert.Equal(1, System.DeadLetterCount);
        probe.ExpectTerminated(actor);
        Assert.NotEqual(actor, Spawn(Recording("again"), "name"));
    }

    [Fact]
    public async Task A_name_is_free_when_its_watcher_hears_of_the_end()
    {
        // Under every order of turns.
        for (var seed = 1UL; seed <= 50; seed++)
        {
            using var kit = new SeededKit(seed);
            var again = 0;
            var actor = kit.Spawn(TestActor.PropsFor((_, _) => { }), "name");
            var watcher = kit.Spawn(TestActor.PropsFor((_, message) =>
            {
                if (message is Terminated)
                    kit.Spawn(TestActor.PropsFor((_, _) => again++), "name").Tell("x");
            }));
            watcher.Do(a => a.Context.Watch(actor));
            await kit.RunDryAsync();

            kit.System.Stop(actor);
            await kit.RunDryAsync();

            Assert.True(again == 1, $"seed {seed}");
        }
    }

    [Fact]
    public async Task A_poison_pill_waits_for_its_turn_and_a_stop_does_not()
    {
        var seen = new List<object>();
        var pilled = Spawn(TestActor.PropsFor((_, message) => seen.Add(message)));
        var stopped = Spawn(TestActor.PropsFor((_, message) => seen.Add(message)));
        pilled.Tell("pilled 1");
        pilled.Tell(PoisonPill.Instance);
        pilled.Tell("pilled 2");
        stopped.Tell("stopped 1");
        System.Stop(stopped);
        await RunDryAsync();

        Assert.Equal(["pilled 1"], seen);
        Assert.Equal(2, System.DeadLetterCount);
    }

    [Fact]
    public void A_kill_is_a_failure_so_supervision_decides()
    {
        var probe = CreateProbe();
        var actor = Spawn(TestActor.PropsFor((_, _) => { }));
        probe.Watch(actor);

        ExpectLog<ActorKilledException>(() => actor.Tell(Kill.Instance));

        probe.ExpectTerminated(actor); // The default decider stops it.
    }

    [Fact]
    public async Task A_graceful_stop_lets_the_waiting_messages_be_handled_and_says_whether_it_ended_in_time()
    {
        var gate = new TaskCompletionSource();
        var seen = new List<object>();
        var actor = Spawn(TestActor.PropsFor(async (_, message) =>
        {
            await gate.Task;
            seen.Add(message);
        }));
        actor.Tell("one");
        actor.Tell("two");

        var tooShort = System.GracefulStopAsync(actor, TimeSpan.FromSeconds(1));
        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(await tooShort);

        var longEnough = System.GracefulStopAsync(actor, TimeSpan.FromSeconds(1));
        gate.SetResult();
        await RunDryAsync();
        Assert.True(await longEnough);
        Assert.Equal(["one", "two"], seen);
    }

    [Theory]
    [InlineData("sound")]
    [InlineData("PreStart throws")]
    [InlineData("restarted")]
    [InlineData("PostRestart throws")]
    [InlineData("stopped while it restarts")]
    public async Task PostStop_runs_exactly_once_per_instance_whose_constructor_ended(string life)
    {
        var stops = new Dictionary<int, int>();
        var gate = new TaskCompletionSource();
        var actor = Spawn(Props.Create(() =>
        {
            var number = ++_instances;
            stops[number] = 0;
            return new TestActor
            {
                OnReceive = Fail,
                OnPreStart = _ => life == "PreStart throws" || (life == "PostRestart throws" && number == 2)
                    ? throw new NotSupportedException()
                    : ValueTask.CompletedTask,
                OnPreRestart = async (a, cause, message) =>
                {
                    if (life == "stopped while it restarts")
                        await gate.Task;
                    await a.DefaultPreRestart(cause, message);
                },
                OnPostStop = _ =>
                {
                    stops[number]++;
                    return ValueTask.CompletedTask;
                },
            };
        }));
        if (life is "restarted" or "PostRestart throws" or "stopped while it restarts")
            actor.Tell("fail");
        await RunDryAsync();
        System.Stop(actor);
        gate.SetResult();
        await RunDryAsync();

        Assert.Equal(life is "restarted" or "PostRestart throws" ? 2 : 1, stops.Count);
        Assert.All(stops.Values, count => Assert.Equal(1, count));
    }

    [Fact]
    public async Task A_PostStop_that_throws_is_logged_and_the_actor_ends()
    {
        var probe = CreateProbe();
        var actor = Spawn(Props.Create(() => new TestActor { OnPostStop = _ => throw new NotSupportedException() }));
        probe.Watch(actor);
        await RunDryAsync();

        ExpectLog<NotSupportedException>(() => System.Stop(actor));

        probe.ExpectTerminated(actor);
    }

    [Fact]
    public async Task A_system_ends_user_actors_first_and_then_system_actors()
    {
        var steps = new List<string>();
        Props Recording(string name) => Props.Create(() => new TestActor
        {
            OnPostStop = async _ =>
            {
                await Task.Yield();
                steps.Add(name);
            },
        });
        System.SystemActorOf(Recording("system"), "s");
        Spawn(Recording("user"));
        await RunDryAsync();

        var end = System.TerminateAsync();
        await RunDryAsync();

        Assert.True(end.IsCompletedSuccessfully);
        Assert.Equal(["user", "system"], steps);
        Assert.Throws<InvalidOperationException>(() => Spawn(Recording("too late")));
    }

    private static ValueTask Fail(TestActor actor, object message) => message switch
    {
        "fail" => throw new InvalidOperationException("asked to fail"),
        "ping" => Answer(actor),
        _ => actor.Unhandled(message),
    };

    private static ValueTask Answer(TestActor actor)
    {
        actor.Sender.Tell("alive", actor.Self);
        return ValueTask.CompletedTask;
    }

    private Task<string> PingAsync(IActorRef actor) => AskAsync<string>(actor, "ping");

    private Props Recorded(Func<TestActor, Exception, object?, ValueTask>? preRestart = null) => Props.Create(() =>
    {
        var number = ++_instances;
        _steps.Add($"new {number}");
        return new TestActor
        {
            OnPreStart = _ => Step($"PreStart {number}"),
            OnPostStop = _ => Step($"PostStop {number}"),
            OnPreRestart = preRestart,
            OnReceive = (_, message) => message is "fail" ? throw new InvalidOperationException() : Step($"{message} {number}"),
        };
    });

    private ValueTask Step(string step)
    {
        _steps.Add(step);
        return ValueTask.CompletedTask;
    }

    private sealed class AsksInConstructor : Actor
    {
        public AsksInConstructor() => Context.Watch(Self);

        protected override ValueTask ReceiveAsync(object message) => Unhandled(message);
    }
}
