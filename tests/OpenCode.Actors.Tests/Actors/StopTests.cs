using OpenCode.Actors.TestKit;

namespace OpenCode.Actors.Tests.Actors;

/// <summary>ACTORS §3: the ways to stop, and what is in order when an actor has ended.</summary>
public sealed class StopTests : ActorKit
{
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
}
