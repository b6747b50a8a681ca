using Akka.Actor;

namespace OpenCode.Actors.Tests.TestKit;

public sealed class HubProbeTests : HubTestKit
{
    [Fact]
    public void A_probe_expects_sends_and_replies()
    {
        var probe = CreateProbe("probe");
        var other = CreateProbe();

        other.Send(probe.Ref, "question");
        Assert.Equal("question", probe.Expect<string>(m => m.Length == 8));
        Assert.Equal(other.Ref, probe.LastSender);
        probe.Reply("answer");

        other.Expect("answer");
        Assert.Equal("probe", probe.Ref.Path.Name);
    }

    [Fact]
    public void An_expectation_that_is_not_met_says_what_came_instead()
    {
        var probe = CreateProbe();

        Assert.Contains("nothing came", Assert.Throws<ExpectationException>(() => probe.Expect<string>()).Message, StringComparison.Ordinal);
        probe.Ref.Tell(42);
        Assert.Contains("42", Assert.Throws<ExpectationException>(() => probe.Expect<string>()).Message, StringComparison.Ordinal);
        probe.Ref.Tell("x");
        Assert.Contains("not as expected", Assert.Throws<ExpectationException>(() => probe.Expect<string>(m => m == "y")).Message, StringComparison.Ordinal);
        probe.Ref.Tell("x");
        Assert.Contains('x', Assert.Throws<ExpectationException>(() => probe.ExpectNothing()).Message);
    }

    [Fact]
    public void Expect_moves_the_clock_up_to_its_limit_and_no_further()
    {
        var probe = CreateProbe();
        var actor = Spawn(ScriptedActor.PropsFor((_, message) => probe.Ref.Tell(message)));
        actor.Tell(new ScriptedActor.Do(a => a.Timers.StartSingleTimer("k", "tick", TimeSpan.FromSeconds(2))));
        actor.Tell(new ScriptedActor.Do(a => a.Timers.StartSingleTimer("l", "late", TimeSpan.FromSeconds(6))));

        probe.Expect("tick");
        Assert.Throws<ExpectationException>(() => probe.Expect<string>());
        Assert.Equal("late", probe.Expect<string>(limit: TimeSpan.FromSeconds(4)));
    }

    [Fact]
    public void With_virtual_time_ExpectNothing_means_that_the_system_is_quiet_until_then()
    {
        var probe = CreateProbe();
        var actor = Spawn(ScriptedActor.PropsFor((_, message) => probe.Ref.Tell(message)));
        actor.Tell(new ScriptedActor.Do(a => a.Timers.StartSingleTimer("k", "tick", TimeSpan.FromSeconds(2))));

        probe.ExpectNothing(TimeSpan.FromSeconds(2) - TimeSpan.FromTicks(1));
        Assert.Throws<ExpectationException>(() => probe.ExpectNothing(TimeSpan.FromTicks(1)));
    }

    [Fact]
    public void FishFor_throws_away_what_does_not_fit()
    {
        var probe = CreateProbe();
        for (var i = 0; i < 5; i++)
            probe.Ref.Tell(i);

        Assert.Equal(3, probe.FishFor<int>(i => i == 3));
        Assert.Equal(4, probe.Expect<int>());
        probe.Ref.Tell("rest");
        Assert.Contains("rest", Assert.Throws<ExpectationException>(() => probe.FishFor<int>()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_watching_probe_sees_the_end_of_an_actor()
    {
        var probe = CreateProbe();
        var actor = Spawn(ScriptedActor.PropsFor((_, _) => { }));
        probe.Watch(actor);
        Assert.Equal(0, probe.Count);

        Sys.Stop(actor);

        probe.ExpectTerminated(actor);
    }

    [Fact]
    public void Akkas_own_probe_starts_without_a_wait_and_has_what_a_run_brought_it()
    {
        var probe = CreateTestProbe("akkas");
        var actor = Spawn(ScriptedActor.PropsFor((a, message) => a.From.Tell(message)));

        actor.Tell("x", probe.Ref);
        RunDry();

        probe.ExpectMsg("x");
    }
}
