using OpenCode.Actors.TestKit;

namespace OpenCode.Actors.Tests.Actors;

/// <summary>ACTORS §7: an actor that awaits still does one thing at a time, in its own turn.</summary>
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
}
