using OpenCode.Actors.TestKit;

namespace OpenCode.Actors.Tests.Actors;

/// <summary>ACTORS §4: the backoff supervisor.</summary>
public sealed class BackoffSupervisorTests : ActorKit
{
    private static readonly BackoffOptions Exact = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(8), RandomFactor: 0);
    private readonly List<double> _starts = [];
    private readonly List<object> _seen = [];

    [Fact]
    public void The_delay_is_the_minimum_doubled_each_time_up_to_the_maximum_and_a_random_part_on_top()
    {
        var options = new BackoffOptions(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10), RandomFactor: 0.5);

        Assert.Equal([1, 2, 4, 8, 10, 10], Enumerable.Range(0, 6).Select(n => options.DelayFor(n, random: 0).TotalSeconds));
        Assert.Equal(1.5, options.DelayFor(0, random: 1).TotalSeconds);
        Assert.Equal(15, options.DelayFor(1_000_000, random: 1).TotalSeconds);
    }

    [Fact]
    public void A_child_that_fails_is_started_again_after_growing_pauses()
    {
        Spawn(BackoffSupervisor.PropsFor(Child(failAtStart: true), "child", Exact with { Trigger = BackoffTrigger.Stop }));

        Time.Advance(TimeSpan.FromSeconds(16));

        Assert.Equal([0, 1, 3, 7, 15], _starts);
    }

    [Fact]
    public void On_failure_a_child_that_stops_itself_ends_the_supervisor()
    {
        var probe = CreateProbe();
        var supervisor = Spawn(BackoffSupervisor.PropsFor(Child(), "child", Exact));
        probe.Watch(supervisor);

        supervisor.Tell("fail");
        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([0, 1], _starts);

        supervisor.Tell("stop");
        probe.ExpectTerminated(supervisor);
    }

    [Fact]
    public void On_stop_a_child_that_stops_itself_is_started_again()
    {
        var supervisor = Spawn(BackoffSupervisor.PropsFor(Child(), "child", Exact with { Trigger = BackoffTrigger.Stop }));

        supervisor.Tell("stop");
        Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal([0, 1], _starts);
    }

    [Fact]
    public async Task While_the_child_is_down_messages_wait_up_to_a_bound_and_the_others_are_dead_letters()
    {
        var supervisor = Spawn(BackoffSupervisor.PropsFor(Child(), "child", Exact with { StashCapacity = 2 }));
        supervisor.Tell("fail");
        await RunDryAsync();

        for (var i = 1; i <= 3; i++)
            supervisor.Tell(i);
        await RunDryAsync();
        Assert.Equal(1, System.DeadLetterCount);

        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([1, 2], _seen);
    }

    [Fact]
    public async Task The_delay_begins_anew_after_a_quiet_time()
    {
        var supervisor = Spawn(BackoffSupervisor.PropsFor(Child(), "child", Exact with { ResetAfter = TimeSpan.FromSeconds(10) }));
        for (var i = 0; i < 2; i++)
        {
            supervisor.Tell("fail");
            Time.Advance(Exact.DelayFor(i, 0));
        }

        Assert.Equal(2, (await AskAsync<BackoffSupervisor.RestartCount>(supervisor, new BackoffSupervisor.GetRestartCount())).Count);
        Time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(0, (await AskAsync<BackoffSupervisor.RestartCount>(supervisor, new BackoffSupervisor.GetRestartCount())).Count);
    }

    [Fact]
    public async Task With_manual_reset_only_the_message_resets_the_delay()
    {
        var supervisor = Spawn(BackoffSupervisor.PropsFor(Child(), "child", Exact with { ManualReset = true }));
        supervisor.Tell("fail");
        Time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(1, (await AskAsync<BackoffSupervisor.RestartCount>(supervisor, new BackoffSupervisor.GetRestartCount())).Count);

        supervisor.Tell(new BackoffSupervisor.ResetBackoff());

        Assert.Equal(0, (await AskAsync<BackoffSupervisor.RestartCount>(supervisor, new BackoffSupervisor.GetRestartCount())).Count);
    }

    [Fact]
    public void After_the_most_restarts_in_a_row_the_supervisor_gives_up()
    {
        var probe = CreateProbe();
        var supervisor = Spawn(BackoffSupervisor.PropsFor(Child(failAtStart: true), "child", Exact with { MaxRestarts = 2 }));
        probe.Watch(supervisor);

        probe.ExpectTerminated(supervisor, TimeSpan.FromMinutes(1));

        Assert.Equal(3, _starts.Count);
    }

    [Fact]
    public void Answers_of_the_child_go_to_who_asked_and_what_it_tells_its_parent_goes_up()
    {
        var probe = CreateProbe();
        var top = Spawn(TestActor.PropsFor((_, message) => _seen.Add($"top {message}")));
        top.Do(a => a.Context.ActorOf(BackoffSupervisor.PropsFor(Child(), "child", Exact), "supervisor"));
        IActorRef supervisor = null!;
        top.Do(a => supervisor = a.Context.Child("supervisor")!);
        RunDry();

        probe.Send(supervisor, "echo");
        probe.Expect("echo");
        supervisor.Tell("up");
        RunDry();

        Assert.Contains("top up", _seen);
    }

    private Props Child(bool failAtStart = false) => Props.Create(() => new TestActor
    {
        OnPreStart = _ =>
        {
            _starts.Add(TimeSpan.FromTicks(Time.GetTimestamp()).TotalSeconds);
            return failAtStart ? throw new InvalidOperationException() : ValueTask.CompletedTask;
        },
        OnReceive = (a, message) =>
        {
            switch (message)
            {
                case "fail":
                    throw new InvalidOperationException();
                case "stop":
                    a.Context.Stop(a.Self);
                    break;
                case "echo":
                    a.Sender.Tell(message, a.Self);
                    break;
                case "up":
                    a.Context.Parent.Tell(message, a.Self);
                    break;
                default:
                    _seen.Add(message);
                    break;
            }

            return ValueTask.CompletedTask;
        },
    });
}
