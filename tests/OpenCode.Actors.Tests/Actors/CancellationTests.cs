using OpenCode.Actors.TestKit;

namespace OpenCode.Actors.Tests.Actors;

/// <summary>ACTORS §7: what a stop or a restart does to a handler under way. Who ignores it becomes a zombie.</summary>
public sealed class CancellationTests : ActorKit
{
    private readonly List<object> _seen = [];
    private readonly TaskCompletionSource _gate = new();

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
}
