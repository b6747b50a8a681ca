using OpenCode.Actors;
using OpenCode.Actors.TestKit;

namespace OpenCode.Actors.Tests.Actors;

public sealed class FirstStepsTests : ActorKit
{
    [Fact]
    public void Messages_arrive_in_order_and_are_answered()
    {
        var probe = CreateProbe();
        var echo = Spawn(TestActor.PropsFor((actor, message) => actor.Sender.Tell(message, actor.Self)));

        for (var i = 0; i < 100; i++)
            probe.Send(echo, i);

        for (var i = 0; i < 100; i++)
            Assert.Equal(i, probe.Expect<int>());
        Assert.Equal(echo, probe.LastSender);
    }

    [Fact]
    public async Task An_actor_on_the_pool_answers_and_ends_with_its_system()
    {
        await using var system = ActorSystem.Create("pool");
        var echo = system.ActorOf(TestActor.PropsFor(async (actor, message) =>
        {
            await Task.Yield();
            actor.Sender.Tell(message, actor.Self);
        }));

        Assert.Equal("hello", await echo.Ask<string>("hello", TimeSpan.FromSeconds(10)));
        Assert.True(await system.GracefulStopAsync(echo, TimeSpan.FromSeconds(10)));
        await Assert.ThrowsAsync<TargetTerminatedException>(() => echo.Ask<string>("hello", TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task Other_messages_wait_for_an_async_handler()
    {
        var gate = new TaskCompletionSource();
        var seen = new List<object>();
        var actor = Spawn(TestActor.PropsFor(async (_, message) =>
        {
            if (message is "first")
                await gate.Task;
            seen.Add(message);
        }));

        actor.Tell("first");
        actor.Tell("second");
        await RunDryAsync();
        Assert.Empty(seen);

        gate.SetResult();
        await RunDryAsync();
        Assert.Equal(["first", "second"], seen);
    }

    [Fact]
    public void A_restart_keeps_the_mailbox_and_makes_a_new_instance()
    {
        var instances = 0;
        var seen = new List<object>();
        var actor = Spawn(Props.Create(() =>
        {
            instances++;
            return new TestActor { OnReceive = (_, message) => message is "fail" ? throw new InvalidOperationException("no") : Add(message) };
        }));

        ExpectLog<InvalidOperationException>(() =>
        {
            actor.Tell("fail");
            actor.Tell("next");
        });

        Assert.Equal(2, instances);
        Assert.Equal(["next"], seen);

        ValueTask Add(object message)
        {
            seen.Add(message);
            return ValueTask.CompletedTask;
        }
    }

    [Fact]
    public void A_stopped_actor_is_announced_to_its_watcher()
    {
        var probe = CreateProbe();
        var actor = Spawn(TestActor.PropsFor((_, _) => { }));
        probe.Watch(actor);

        System.Stop(actor);

        Assert.True(probe.ExpectTerminated(actor).ExistenceConfirmed);
    }

    [Fact]
    public void A_timer_ticks_when_the_clock_is_moved()
    {
        var probe = CreateProbe();
        var actor = Spawn(TestActor.PropsFor((_, message) => probe.Ref.Tell(message)));
        actor.Do(a => a.Context.Timers.StartWithFixedDelay("tick", "tick", TimeSpan.FromSeconds(1)));

        Time.Advance(TimeSpan.FromSeconds(3.5));

        for (var i = 0; i < 3; i++)
            probe.Expect("tick");
        probe.ExpectNothing();
    }
}
