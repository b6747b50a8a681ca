using Akka.Actor;

namespace OpenCode.Actors.Tests.TestKit;

public sealed class SeededSystemTests
{
    [Fact]
    public void The_same_seed_twice_gives_the_same_trace()
    {
        for (var seed = 1UL; seed <= 20; seed++)
            Assert.Equal(RunOnce(seed), RunOnce(seed));
    }

    [Fact]
    public void Another_seed_gives_another_order_of_steps() =>
        Assert.Equal(20, Enumerable.Range(1, 20).Select(seed => RunOnce((ulong)seed).Hash).Distinct().Count());

    [Fact]
    public void The_thread_makes_no_difference()
    {
        var expected = RunOnce(5);
        var runs = new Outcome[4];
        var threads = Enumerable.Range(0, runs.Length).Select(i => new Thread(() => runs[i] = RunOnce(5))).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Assert.All(runs, run => Assert.Equal(expected, run));
    }

    [Fact]
    public void Without_a_seed_steps_run_first_come_first_served()
    {
        using var system = new SeededSystem();
        var told = new List<int>();
        for (var i = 0; i < 5; i++)
            system.Outside("step", () => told.Add(told.Count));
        var actors = Enumerable.Range(0, 5).Select(i => system.System.ActorOf(ScriptedActor.PropsFor((_, _) => told.Add(10 + i)))).ToList();
        system.RunDry();
        actors.ForEach(actor => actor.Tell("x"));
        system.RunDry();

        Assert.Equal([0, 1, 2, 3, 4, 10, 11, 12, 13, 14], told);
        Assert.Equal(0, system.Choose(10));
    }

    [Fact]
    public void A_run_is_one_message_a_step()
    {
        using var system = new SeededSystem();
        var told = new List<string>();
        var actor = system.System.ActorOf(ScriptedActor.PropsFor((_, message) => told.Add((string)message)));
        system.RunDry();
        actor.Tell("1");
        actor.Tell("2");

        Assert.True(system.RunOne());
        Assert.Equal(["1"], told);
        Assert.True(system.RunOne());
        Assert.Equal(["1", "2"], told);
        Assert.False(system.RunOne());
    }

    [Fact]
    public void A_time_out_overtakes_an_answer_that_is_ready_only_when_time_races()
    {
        Assert.Equal(0, CountTimeouts(race: 0));
        Assert.InRange(CountTimeouts(race: 0.2), 1, 99);
    }

    [Fact]
    public void Timers_of_the_same_moment_race_with_a_seed_and_fire_in_order_without_one()
    {
        Assert.Single(Enumerable.Range(0, 20).Select(_ => TimersOf(null)).Distinct(StringComparer.Ordinal), "abc");
        Assert.Equal(6, Enumerable.Range(0, 100).Select(seed => TimersOf((ulong)seed)).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void The_trace_names_actors_notes_and_choices()
    {
        using var system = new SeededSystem(1);
        system.KeepTrace();
        var actor = system.System.ActorOf(ScriptedActor.PropsFor((_, _) => system.Say("told")), "named");
        actor.Tell("x");
        system.RunDry();

        Assert.Contains(system.Trace, line => line.EndsWith(" /user/named", StringComparison.Ordinal));
        Assert.Contains("    told", system.Trace);
    }

    [Fact]
    public void What_a_completion_throws_fails_the_run()
    {
        using var system = new SeededSystem();
        system.Outside("fails", () => throw new TimeoutException("planned"));

        Assert.Throws<TimeoutException>(system.RunDry);
    }

    [Fact]
    public async Task A_fake_that_fails_fails_its_task()
    {
        using var system = new SeededSystem();
        var later = system.Later<int>("fails", () => throw new TimeoutException("planned"));
        var call = system.CallOutside<int>("call", () => throw new TimeoutException("planned"));
        system.RunDry();

        await Assert.ThrowsAsync<TimeoutException>(() => later);
        await Assert.ThrowsAsync<TimeoutException>(() => call);
    }

    [Fact]
    public void A_cancelled_call_is_cancelled_by_a_step()
    {
        using var system = new SeededSystem();
        using var cancellation = new CancellationTokenSource();
        var call = system.CallOutside("call", async token =>
        {
            var never = new TaskCompletionSource();
            using var registration = token.Register(() => never.SetCanceled(token));
            await never.Task.ConfigureAwait(false);
            return 1;
        }, cancellation.Token);
        system.RunDry();
        cancellation.Cancel();
        Assert.False(call.IsCompleted);

        system.RunDry();

        Assert.True(call.IsCanceled);
    }

    private static string TimersOf(ulong? seed)
    {
        using var system = new SeededSystem(seed);
        var fired = string.Empty;
        foreach (var name in (string[])["a", "b", "c"])
            _ = system.Time.CreateTimer(_ => fired += name, null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        system.Advance(TimeSpan.FromSeconds(1));
        return fired;
    }

    private static int CountTimeouts(double race)
    {
        var timeouts = 0;
        for (var seed = 0UL; seed < 100; seed++)
        {
            using var system = new SeededSystem(seed) { TimeRace = race };
            string? first = null;
            var actor = system.System.ActorOf(ScriptedActor.PropsFor((_, message) => first ??= $"{message}"));
            actor.Tell(new ScriptedActor.Do(a => a.Timers.StartSingleTimer("t", "timeout", TimeSpan.FromSeconds(1))));
            system.RunDry();
            _ = system.Later("answer", () => "answer").PipeTo(actor);
            system.Advance(TimeSpan.FromSeconds(2));
            if (first == "timeout")
                timeouts++;
        }

        return timeouts;
    }

    private static Outcome RunOnce(ulong seed)
    {
        using var system = new SeededSystem(seed);
        var told = new List<string>();
        var entropy = new SeededEntropy(seed);
        var actors = new List<IActorRef>();
        for (var i = 0; i < 5; i++)
            actors.Add(system.System.ActorOf(Props.Create(() => new Wanderer(system, entropy, actors, told)), $"w{i}"));

        foreach (var actor in actors)
            actor.Tell(20);
        system.RunDry();
        system.Advance(TimeSpan.FromSeconds(30));
        return new Outcome(system.TraceHash, system.Steps, string.Join(' ', told));
    }

    private sealed record Outcome(ulong Hash, long Steps, string Told);

    private sealed class Wanderer : ReceiveActor, IWithTimers
    {
        public Wanderer(SeededSystem system, SeededEntropy entropy, List<IActorRef> others, List<string> told)
        {
            ReceiveAsync<int>(async number =>
            {
                told.Add($"{Self.Path.Name} {number}");
                system.Say($"{number}");
                if (entropy.Next(3) == 0)
                    await Task.Yield();
                if (entropy.Next(5) == 0)
                    await system.Later("fetch", () => 1);
                if (entropy.Next(10) == 0)
                    throw new TimeoutException("planned");
                if (entropy.Next(8) == 0)
                    Timers.StartSingleTimer("again", number, TimeSpan.FromSeconds(1 + entropy.Next(3)));
                else if (number > 0)
                    others[entropy.Next(others.Count)].Tell(number - 1);
            });
        }

        public ITimerScheduler Timers { get; set; } = null!;
    }
}
