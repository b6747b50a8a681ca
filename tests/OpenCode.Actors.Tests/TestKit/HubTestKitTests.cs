using Akka.Actor;
using Microsoft.Extensions.Logging;

namespace OpenCode.Actors.Tests.TestKit;

public sealed class HubTestKitTests : HubTestKit
{
    private readonly int _thread = Environment.CurrentManagedThreadId;

    [Fact]
    public async Task An_ask_is_answered_within_the_run()
    {
        var actor = Spawn(ScriptedActor.PropsFor((a, message) => a.From.Tell($"{message}!")));

        Assert.Equal("x!", await AskAsync<string>(actor, "x"));
        Assert.Equal(_thread, Environment.CurrentManagedThreadId);
    }

    [Fact]
    public async Task An_ask_without_an_answer_fails_at_once()
    {
        var actor = Spawn(ScriptedActor.PropsFor((_, _) => { }), "silent");

        var failure = await Assert.ThrowsAsync<ExpectationException>(() => AskAsync<string>(actor, "x"));

        Assert.Contains("/user/silent", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failure_of_an_actor_is_logged_once()
    {
        var actor = Spawn(ScriptedActor.PropsFor((_, _) => throw new TimeoutException("planned")));

        var failure = ExpectLog<TimeoutException>(() => actor.Tell("x"));

        Assert.Equal("planned", failure.Message);
        Assert.Equal(LogLevel.Error, Assert.Single(Logs.Records).Level);
        Assert.Throws<ExpectationException>(() => ExpectLog<InvalidOperationException>(() => { }));
    }

    [Fact]
    public void Dead_letters_and_unhandled_messages_are_kept_apart_from_the_logs()
    {
        var actor = Spawn(Props.Create(() => new Deaf()));
        actor.Tell("x");
        RunDry();
        Sys.Stop(actor);
        RunDry();
        actor.Tell("y");
        RunDry();

        Assert.Equal("x", Assert.Single(Unhandled).Message);
        Assert.Equal("y", Assert.Single(DeadLetters).Message);
        Assert.Empty(Logs.Records);
    }

    [Fact]
    public void An_actor_cannot_run_the_actors()
    {
        var actor = Spawn(ScriptedActor.PropsFor((_, _) => RunDry()));

        ExpectLog<InvalidOperationException>(() => actor.Tell("x"));
    }

    [Fact]
    public void Actors_that_send_to_each_other_for_ever_fail_the_run()
    {
        Simulation.MaxSteps = 1_000;
        var actor = Spawn(ScriptedActor.PropsFor((a, message) => a.Me.Tell(message)));
        actor.Tell("x");

        Assert.Throws<ExpectationException>(RunDry);
        Assert.Throws<ExpectationException>(() => Time.Advance(TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public async Task What_awaits_a_step_in_the_test_goes_on_at_the_end_of_the_run_on_the_same_thread()
    {
        var source = new TaskCompletionSource<int>();
        var told = new List<string>();
        var waiting = WaitAsync();

        Simulation.Outside("complete", () => source.SetResult(1));
        Simulation.Outside("after", () => told.Add("last step"));
        RunDry();

        Assert.Equal(["last step", "went on", "ran again"], told);
        await waiting;

        async Task WaitAsync()
        {
            await source.Task;
            Assert.Equal(_thread, Environment.CurrentManagedThreadId);
            told.Add("went on");
            Simulation.Outside("again", () => told.Add("ran again"));
            RunDry();
        }
    }

    [Fact]
    public async Task A_test_may_drive_from_another_thread_after_an_await()
    {
        var probe = CreateProbe();
        await Task.Run(() =>
        {
            probe.Ref.Tell("x");
            Assert.Equal("x", probe.Expect<string>());
        });
        await Task.Run(() => { });

        probe.Ref.Tell("y");
        Assert.Equal("y", probe.Expect<string>());
    }

    [Fact]
    public async Task Actors_that_wait_for_other_threads_can_be_waited_for()
    {
        var probe = CreateProbe();
        var actor = Spawn(ScriptedActor.PropsFor((a, message) => _ = Task.Run(() => message).PipeTo(probe.Ref)));

        actor.Tell("x");
        await RunUntilAsync(() => probe.Count == 1);

        probe.Expect("x");
    }

    [Fact]
    public async Task A_real_task_can_be_waited_for()
    {
        Assert.Equal(1, await RunUntilAsync(Task.Run(() => 1)));
        await Assert.ThrowsAsync<ExpectationException>(() => RunUntilAsync(() => false, TimeSpan.FromMilliseconds(5)));
    }

    [Fact]
    public void The_end_of_a_kit_ends_all_its_actors_even_with_a_handler_that_never_ends()
    {
        var told = new List<string>();
        var kit = new Bare();
        kit.Spawn(Props.Create(() => new Ending(told)));
        kit.Spawn(Props.Create(() => new Stuck())).Tell("x");
        kit.RunDry();

        kit.Dispose();
        kit.Dispose();

        Assert.Equal(["ended"], told);
    }

    private sealed class Bare : HubTestKit;

    private sealed class Deaf : ReceiveActor;

    private sealed class Ending(List<string> told) : ReceiveActor
    {
        protected override void PostStop() => told.Add("ended");
    }

    private sealed class Stuck : ReceiveActor
    {
        public Stuck() => ReceiveAsync<string>(_ => new TaskCompletionSource().Task);
    }
}
