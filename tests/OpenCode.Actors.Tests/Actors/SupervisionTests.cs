namespace OpenCode.Actors.Tests.Actors;

/// <summary>ACTORS §4: what the parent decides is what happens.</summary>
public sealed class SupervisionTests : SupervisionKit
{
    [Fact]
    public async Task Resume_keeps_the_state_and_drops_the_message()
    {
        var child = await ChildOfAsync(new OneForOne(decider: _ => Directive.Resume));

        child.Tell("count");
        child.Tell("fail");

        Assert.Equal(1, await AskAsync<int>(child, "read"));
        Assert.Equal(1, Instances);
    }

    [Fact]
    public async Task Restart_makes_a_new_instance()
    {
        var child = await ChildOfAsync(new OneForOne(decider: _ => Directive.Restart));

        child.Tell("count");
        child.Tell("fail");

        Assert.Equal(0, await AskAsync<int>(child, "read"));
        Assert.Equal(2, Instances);
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
    public async Task Failed_from_a_child_with_a_stale_uid_is_ignored()
    {
        var decisions = 0;
        var parent = Spawn(Props.Create(() => new TestActor { Supervision = new OneForOne(decider: _ => Add([], _, Directive.Stop, () => decisions++)) }));
        IActorRef old = null!, young = null!;
        parent.Do(a => old = a.Context.ActorOf(Counter(), "child"));
        await RunDryAsync();
        System.Stop(old);
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

    private static Directive Add(List<Exception> causes, Exception cause, Directive directive, Action? then = null)
    {
        causes.Add(cause);
        then?.Invoke();
        return directive;
    }
}
