using OpenCode.Actors;
using OpenCode.Actors.TestKit;

namespace OpenCode.Actors.Tests.Actors;

/// <summary>ACTORS §4.</summary>
public sealed class SupervisionTests : ActorKit
{
    private int _instances;

    [Fact]
    public async Task Resume_keeps_the_state_and_drops_the_message()
    {
        var child = await ChildOfAsync(new OneForOne(decider: _ => Directive.Resume));

        child.Tell("count");
        child.Tell("fail");

        Assert.Equal(1, await AskAsync<int>(child, "read"));
        Assert.Equal(1, _instances);
    }

    [Fact]
    public async Task Restart_makes_a_new_instance()
    {
        var child = await ChildOfAsync(new OneForOne(decider: _ => Directive.Restart));

        child.Tell("count");
        child.Tell("fail");

        Assert.Equal(0, await AskAsync<int>(child, "read"));
        Assert.Equal(2, _instances);
    }

    [Fact]
    public async Task Stop_ends_the_child()
    {
        var probe = CreateProbe();
        var child = await ChildOfAsync(SupervisorStrategy.Stopping);
        probe.Watch(child);

        child.Tell("fail");

        probe.ExpectTerminated(child);
    }

    [Fact]
    public async Task Escalate_makes_the_parent_fail_with_the_same_cause()
    {
        var causes = new List<Exception>();
        var grandparent = Spawn(Props.Create(() => new TestActor { Supervision = new OneForOne(decider: cause => Add(causes, cause, Directive.Restart)) }));
        IActorRef child = null!;
        grandparent.Do(a => a.Context.ActorOf(Props.Create(() => new TestActor
        {
            OnPreStart = p =>
            {
                child = p.Context.ActorOf(Counter(), "child");
                return ValueTask.CompletedTask;
            },
            Supervision = new OneForOne(decider: _ => Directive.Escalate),
        })));
        await RunDryAsync();
        var first = child;

        first.Tell("fail");
        await RunDryAsync();

        Assert.IsType<InvalidOperationException>(Assert.Single(causes));
        Assert.NotEqual(first, child); // The parent was restarted and has made its child anew.
        Assert.Equal(0, await AskAsync<int>(child, "read"));
    }

    [Fact]
    public void The_default_decider_stops_for_a_failed_start_a_kill_and_a_death_pact_and_restarts_otherwise()
    {
        var actor = System.DeadLetters;

        Assert.Equal(Directive.Stop, SupervisorStrategy.DefaultDecider(new ActorInitializationException(actor, new InvalidOperationException())));
        Assert.Equal(Directive.Stop, SupervisorStrategy.DefaultDecider(new ActorKilledException(actor)));
        Assert.Equal(Directive.Stop, SupervisorStrategy.DefaultDecider(new DeathPactException(actor, actor)));
        Assert.Equal(Directive.Restart, SupervisorStrategy.DefaultDecider(new InvalidOperationException()));
    }

    [Fact]
    public async Task An_actor_whose_start_fails_is_stopped_by_default()
    {
        var probe = CreateProbe();
        var actor = Spawn(Props.Create(() => new TestActor { OnPreStart = _ => throw new NotSupportedException() }));
        probe.Watch(actor);
        await RunDryAsync();

        probe.ExpectTerminated(actor);
    }

    [Fact]
    public async Task One_failure_more_than_maxRetries_within_the_window_stops_the_child()
    {
        var probe = CreateProbe();
        var child = await ChildOfAsync(new OneForOne(maxRetries: 2, window: TimeSpan.FromSeconds(10)));
        probe.Watch(child);

        child.Tell("fail");
        Time.Advance(TimeSpan.FromSeconds(9));
        child.Tell("fail");
        await RunDryAsync();
        Assert.Equal(3, _instances);

        child.Tell("fail");
        probe.ExpectTerminated(child);
    }

    [Fact]
    public async Task A_failure_after_the_window_has_closed_opens_a_new_one()
    {
        var child = await ChildOfAsync(new OneForOne(maxRetries: 1, window: TimeSpan.FromSeconds(10)));

        for (var i = 0; i < 5; i++)
        {
            child.Tell("fail");
            Time.Advance(TimeSpan.FromSeconds(11));
        }

        Assert.Equal(6, _instances);
        Assert.Equal(0, await AskAsync<int>(child, "read"));
    }

    [Fact]
    public async Task Zero_retries_never_restarts_and_minus_one_has_no_limit()
    {
        var probe = CreateProbe();
        var never = await ChildOfAsync(new OneForOne(maxRetries: 0, window: TimeSpan.FromSeconds(10)));
        probe.Watch(never);
        never.Tell("fail");
        probe.ExpectTerminated(never);

        _instances = 0;
        var always = await ChildOfAsync(new OneForOne(maxRetries: -1, window: TimeSpan.FromSeconds(10)));
        for (var i = 0; i < 100; i++)
            always.Tell("fail");
        Assert.Equal(0, await AskAsync<int>(always, "read"));
        Assert.Equal(101, _instances);
    }

    [Fact]
    public async Task Failed_from_a_child_with_a_stale_uid_is_ignored()
    {
        var decisions = 0;
        var parent = Spawn(Props.Create(() => new TestActor { Supervision = new OneForOne(decider: _ => Add([], _, Directive.Stop, () => decisions++)) }));
        IActorRef old = null!, young = null!;
        parent.Do(a => old = a.Context.ActorOf(Counter(), "child"));
        System.Stop(old ?? System.DeadLetters);
        await RunDryAsync();
        System.Stop(old!);
        await RunDryAsync();
        parent.Do(a => young = a.Context.ActorOf(Counter(), "child"));
        await RunDryAsync();

        // The failure of the old one arrives when the name has a new owner.
        ((OpenCode.Actors.Cells.IInternalRef)parent).SendSystem(new OpenCode.Actors.Cells.ChildFailed((OpenCode.Actors.Cells.ActorCell)old!, new InvalidOperationException()));
        await RunDryAsync();

        Assert.Equal(0, decisions);
        Assert.Equal(0, await AskAsync<int>(young, "read"));
    }

    [Fact]
    public async Task A_decider_that_throws_escalates()
    {
        var parents = 0;
        IActorRef child = null!;
        Spawn(Props.Create(() => new TestActor
        {
            OnPreStart = a =>
            {
                parents++;
                child = a.Context.ActorOf(Counter());
                return ValueTask.CompletedTask;
            },
            Supervision = new OneForOne(decider: _ => throw new NotSupportedException()),
        }));
        await RunDryAsync();

        ExpectLog<NotSupportedException>(() => child.Tell("fail"));

        Assert.Equal(2, parents);
    }

    [Fact]
    public async Task A_failure_that_reaches_the_root_ends_the_system()
    {
        // /user restarts for ever; only its own failure can go further up.
        var guardian = Spawn(Counter());
        await RunDryAsync();
        var user = ((OpenCode.Actors.Cells.ActorCell)guardian).ParentCell!;

        ExpectLog<InvalidOperationException>(() => user.SendSystem(new OpenCode.Actors.Cells.OverflowFailure(new InvalidOperationException())), count: 2);

        Assert.True(System.WhenTerminated.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Out_of_memory_ends_the_process_through_the_coordinated_shutdown()
    {
        var shutdown = false;
        System.CoordinatedShutdown.AddTask(ShutdownPhases.BeforeServiceUnbind, "mark", _ =>
        {
            shutdown = true;
            return Task.CompletedTask;
        });
        var actor = Spawn(TestActor.PropsFor((_, _) => ValueTask.FromException(new InsufficientMemoryException())));

        actor.Tell("x");
        await RunDryAsync();

        Assert.True(shutdown);
    }

    [Fact]
    public async Task Two_children_that_escalate_at_once_leave_nobody_suspended()
    {
        var children = new List<IActorRef>();
        var grandparent = Spawn(Props.Create(() => new TestActor { Supervision = new OneForOne(decider: _ => Directive.Resume) }));
        grandparent.Do(a => a.Context.ActorOf(Props.Create(() => new TestActor
        {
            OnPreStart = p =>
            {
                children.Add(p.Context.ActorOf(Counter()));
                children.Add(p.Context.ActorOf(Counter()));
                return ValueTask.CompletedTask;
            },
            Supervision = new OneForOne(decider: _ => Directive.Escalate),
        })));
        await RunDryAsync();

        children.ForEach(child => child.Tell("fail"));
        await RunDryAsync();

        foreach (var child in children)
            Assert.Equal(0, await AskAsync<int>(child, "read"));
    }

    /// <summary>Whatever fails in whatever order, nobody who lives stays suspended, and each suspension is taken back.</summary>
    [Theory]
    [InlineData(1, 300)]
    public async Task Suspensions_are_balanced_under_random_failures(ulong first, int seeds)
    {
        for (var seed = first; seed < first + (ulong)seeds; seed++)
        {
            using var kit = new SeededKit(seed);
            var random = new SeededEntropy(seed);
            var alive = new List<IActorRef>();
            Props Node(int depth) => Props.Create(() => new TestActor
            {
                OnPreStart = a =>
                {
                    alive.Add(a.Self);
                    for (var i = 0; depth > 0 && a.Context.Children.Count < 3; i++)
                        alive.Add(a.Context.ActorOf(Node(depth - 1)));
                    return ValueTask.CompletedTask;
                },
                OnPreRestart = (a, cause, message) => random.Next(2) == 0 ? ValueTask.CompletedTask : a.DefaultPreRestart(cause, message),
                OnReceive = async (a, message) =>
                {
                    if (random.Next(2) == 0)
                        await Task.Yield();
                    if (message is "fail")
                        throw new InvalidOperationException();
                    if (message is "ping")
                        a.Sender.Tell("alive", a.Self);
                },
                Supervision = new OneForOne(decider: _ => random.Next(10) switch { < 3 => Directive.Resume, < 6 => Directive.Restart, < 7 => Directive.Stop, _ => Directive.Escalate }),
            });
            kit.Spawn(Node(2));
            await kit.RunDryAsync();

            for (var step = 0; step < 20; step++)
            {
                alive[random.Next(alive.Count)].Tell("fail");
                if (random.Next(3) == 0)
                    await kit.RunDryAsync();
            }

            await kit.RunDryAsync();
            foreach (var actor in alive.Distinct().Cast<OpenCode.Actors.Cells.ActorCell>().Where(cell => !cell.IsTerminated))
            {
                var answer = actor.Ask<string>("ping", TimeSpan.FromSeconds(1));
                await kit.RunDryAsync();
                Assert.True(answer.IsCompletedSuccessfully, $"seed {seed}: {actor} does not answer");
            }
        }
    }

    private static Directive Add(List<Exception> causes, Exception cause, Directive directive, Action? then = null)
    {
        causes.Add(cause);
        then?.Invoke();
        return directive;
    }

    private async Task<IActorRef> ChildOfAsync(SupervisorStrategy strategy)
    {
        IActorRef child = null!;
        var parent = Spawn(Props.Create(() => new TestActor { Supervision = strategy }));
        parent.Do(a => child = a.Context.ActorOf(Counter()));
        await RunDryAsync();
        return child;
    }

    private Props Counter() => Props.Create(() =>
    {
        _instances++;
        var count = 0;
        return new TestActor
        {
            OnReceive = (a, message) =>
            {
                if (message is "fail")
                    throw new InvalidOperationException("asked to fail");
                if (message is "count")
                    count++;
                else
                    a.Sender.Tell(count, a.Self);
                return ValueTask.CompletedTask;
            },
        };
    });
}
