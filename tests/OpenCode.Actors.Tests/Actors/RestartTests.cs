namespace OpenCode.Actors.Tests.Actors;

/// <summary>ACTORS §3: a restart exchanges the instance and keeps the mailbox.</summary>
public sealed class RestartTests : LifecycleKit
{
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
        Assert.Equal(["new 1", "PreStart 1", "before 1", "PostStop 1", "new 2", "PreStart 2", "after 2"], Steps);
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
}
