using Akka.Actor;

namespace OpenCode.Actors.Tests.TestKit;

public sealed class EscapeTests() : HubTestKit(seed: 7)
{
    [Fact]
    public void Work_for_the_thread_pool_is_reported_with_its_stack()
    {
        var actor = Spawn(ScriptedActor.PropsFor((a, _) => _ = Task.Run(() => { })));
        actor.Tell("x");

        var escape = Assert.Throws<EscapeException>(RunDry);

        Assert.Contains("seed 7", escape.Message, StringComparison.Ordinal);
        Assert.Contains("Task.Run", escape.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(Work_for_the_thread_pool_is_reported_with_its_stack), escape.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Xunit", escape.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_real_delay_is_reported_when_it_begins()
    {
#pragma warning disable RS0030 // It is reported.
        var actor = Spawn(ScriptedActor.PropsFor((a, _) => _ = Task.Delay(TimeSpan.FromHours(1))));
#pragma warning restore RS0030
        actor.Tell("x");

        Assert.Contains("Task.Delay", Assert.Throws<EscapeException>(RunDry).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_awaits_with_ConfigureAwait_false_behind_a_source_that_a_handler_completes_is_reported()
    {
        var source = new TaskCompletionSource();
        var waiting = WaitAsync();
        var actor = Spawn(ScriptedActor.PropsFor((_, _) => source.SetResult()));
        actor.Tell("x");

        Assert.Throws<EscapeException>(RunDry);
        Assert.NotNull(waiting);

        async Task WaitAsync() => await source.Task.ConfigureAwait(false);
    }

    [Fact]
    public void The_answer_of_an_ask_is_no_escape_with_or_without_a_time_limit()
    {
        var probe = CreateProbe();
        var other = Spawn(ScriptedActor.PropsFor((a, message) => a.From.Tell(message)));
        var actor = Spawn(ScriptedActor.PropsFor((a, message) =>
        {
            _ = other.Ask<string>(message).PipeTo(probe.Ref);
            _ = other.Ask<string>(message, TimeSpan.FromSeconds(3)).PipeTo(probe.Ref);
        }));

        actor.Tell("x");

        probe.Expect("x");
        probe.Expect("x");
    }

    [Fact]
    public void A_message_of_another_thread_is_reported_at_the_next_run()
    {
        var actor = Spawn(ScriptedActor.PropsFor((_, _) => { }), "target");
        RunDry();
        OnAnotherThread(() => actor.Tell("x"));

        Assert.Contains("another thread", Assert.Throws<EscapeException>(RunDry).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_of_another_thread_during_a_step_is_reported()
    {
        var probe = CreateProbe();
        var actor = Spawn(ScriptedActor.PropsFor((_, message) => OnAnotherThread(() => probe.Ref.Tell(message))));
        actor.Tell("x");

        Assert.Throws<EscapeException>(RunDry);
    }

    [Fact]
    public void A_test_may_allow_escapes()
    {
        Simulation.WatchesEscapes = false;
        var probe = CreateProbe();
        OnAnotherThread(() => probe.Ref.Tell("x"));

        probe.Expect("x");
    }

    [Fact]
    public void Other_threads_and_the_test_itself_may_use_the_pool_meanwhile()
    {
        using var queued = new ManualResetEventSlim();
        var actor = Spawn(ScriptedActor.PropsFor((_, _) => OnAnotherThread(() => ThreadPool.QueueUserWorkItem(_ => queued.Set()))));
        actor.Tell("x");
        RunDry();
        queued.Wait();

        Assert.NotNull(Task.Run(() => { }));
        RunDry();
    }

    private static void OnAnotherThread(Action action)
    {
        var thread = new Thread(() => action());
        thread.Start();
        thread.Join();
    }
}
