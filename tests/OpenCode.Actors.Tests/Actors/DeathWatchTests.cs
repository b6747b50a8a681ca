using OpenCode.Actors.TestKit;

namespace OpenCode.Actors.Tests.Actors;

/// <summary>ACTORS §5.</summary>
public sealed class DeathWatchTests : ActorKit
{
    [Fact]
    public void Watch_gives_exactly_one_Terminated_when_the_actor_dies()
    {
        var probe = CreateProbe();
        var actor = Spawn(TestActor.PropsFor((_, _) => { }));
        probe.Watch(actor);
        probe.Watch(actor); // Twice is once.

        System.Stop(actor);

        Assert.Equal(new Terminated(actor, ExistenceConfirmed: true, AddressTerminated: false), probe.Expect<Terminated>());
        probe.ExpectNothing(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void Watch_after_death_gives_one_Terminated_without_confirmed_existence()
    {
        var probe = CreateProbe();
        var actor = Spawn(TestActor.PropsFor((_, _) => { }));
        System.Stop(actor);
        RunDry();

        probe.Watch(actor);

        Assert.Equal(new Terminated(actor, ExistenceConfirmed: false, AddressTerminated: false), probe.Expect<Terminated>());
        probe.ExpectNothing();
    }

    [Fact]
    public void Watch_of_who_never_existed_gives_one_Terminated_without_confirmed_existence()
    {
        var probe = CreateProbe();

        probe.Watch(System.DeadLetters);

        Assert.False(probe.ExpectTerminated(System.DeadLetters).ExistenceConfirmed);
    }

    [Fact]
    public void Whatever_the_order_of_watch_and_death_there_is_exactly_one_Terminated()
    {
        for (var seed = 1UL; seed <= 100; seed++)
        {
            using var kit = new SeededKit(seed);
            var count = 0;
            var actor = kit.Spawn(TestActor.PropsFor((_, _) => { }));
            var watcher = kit.Spawn(TestActor.PropsFor((_, message) => count += message is Terminated ? 1 : 0));
            watcher.Do(a => a.Context.Watch(actor));
            kit.System.Stop(actor);
            watcher.Do(a => a.Context.Watch(actor));
            kit.RunDry();

            // A watch after the notice was handled is a new one.
            Assert.True(count is 1 or 2, $"seed {seed}: {count}");
            var before = count;
            watcher.Do(a => a.Context.Watch(actor));
            kit.RunDry();
            Assert.True(count == before + 1, $"seed {seed}");
        }
    }

    [Fact]
    public async Task After_Unwatch_no_Terminated_comes_even_if_it_was_already_queued()
    {
        var gate = new TaskCompletionSource();
        var seen = new List<object>();
        var actor = Spawn(TestActor.PropsFor((_, _) => { }));
        var watcher = Spawn(TestActor.PropsFor((_, message) => seen.Add(message)));
        watcher.DoAsync(async a =>
        {
            a.Context.Watch(actor);
            await gate.Task;
            a.Context.Unwatch(actor);
        });
        await RunDryAsync();
        System.Stop(actor);
        await RunDryAsync(); // The notice is in the mailbox, behind the handler that waits.

        gate.SetResult();
        await RunDryAsync();

        Assert.Empty(seen);
    }

    [Fact]
    public async Task Terminated_comes_after_every_message_the_dying_actor_had_sent_to_the_watcher()
    {
        for (var seed = 1UL; seed <= 50; seed++)
        {
            using var kit = new SeededKit(seed);
            var seen = new List<object>();
            var watcher = kit.Spawn(TestActor.PropsFor((_, message) => seen.Add(message)));
            var dying = kit.Spawn(Props.Create(() => new TestActor
            {
                OnPostStop = _ =>
                {
                    watcher.Tell("last words");
                    return ValueTask.CompletedTask;
                },
            }));
            watcher.Do(a => a.Context.Watch(dying));
            await kit.RunDryAsync();

            dying.Do(a =>
            {
                for (var i = 0; i < 100; i++)
                    watcher.Tell(i);
                a.Context.Stop(a.Self);
            });
            await kit.RunDryAsync();

            Assert.True(seen.Count == 102 && seen[100] is "last words" && seen[101] is Terminated, $"seed {seed}");
        }
    }

    [Fact]
    public async Task A_Terminated_that_is_not_handled_is_a_death_pact()
    {
        var probe = CreateProbe();
        var actor = Spawn(TestActor.PropsFor((_, _) => { }));
        var watcher = Spawn(Props.Create(() => new TestActor()));
        probe.Watch(watcher);
        watcher.Do(a => a.Context.Watch(actor));
        await RunDryAsync();

        ExpectLog<DeathPactException>(() => System.Stop(actor));

        probe.ExpectTerminated(watcher);
    }

    [Fact]
    public async Task A_Terminated_reaches_a_full_mailbox_and_can_be_stashed()
    {
        var gate = new TaskCompletionSource();
        var seen = new List<object>();
        var actor = Spawn(TestActor.PropsFor((_, _) => { }));
        var isOpen = false;
        var watcher = Spawn(TestActor.PropsFor((a, message) =>
        {
            if (message is Terminated && !isOpen)
                a.Context.Stash.Stash();
            else
                seen.Add(message);
        }).WithMailbox(MailboxOptions.Bounded(1)));
        watcher.DoAsync(async a =>
        {
            a.Context.Watch(actor);
            await gate.Task;
        });
        await RunDryAsync();
        watcher.Tell("fills it");
        System.Stop(actor);
        await RunDryAsync();
        gate.SetResult();
        await RunDryAsync();
        Assert.Equal(["fills it"], seen);

        isOpen = true;
        watcher.Do(a => a.Context.Stash.UnstashAll());
        await RunDryAsync();
        Assert.IsType<Terminated>(seen[1]);
    }

    [Fact]
    public void A_parent_that_watches_its_child_hears_of_it_once_and_watchers_survive_their_own_restart()
    {
        var seen = new List<object>();
        IActorRef child = null!;
        var other = Spawn(TestActor.PropsFor((_, _) => { }));
        var parent = Spawn(TestActor.PropsFor((_, message) => seen.Add(message)));
        parent.Do(a =>
        {
            child = a.Context.ActorOf(TestActor.PropsFor((_, _) => { }));
            a.Context.Watch(child);
            a.Context.Watch(other);
        });
        RunDry();

        System.Stop(child);
        RunDry();
        parent.Do(_ => throw new InvalidOperationException());
        System.Stop(other);
        RunDry();

        Assert.Equal([child, other], seen.Cast<Terminated>().Select(t => t.Actor));
    }
}
