using OpenCode.Actors.TestKit;
using OpenCode.Actors.Tests.Actors;

namespace OpenCode.Actors.Tests.TestKit;

public sealed class TestProbeTests : ActorKit
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
        var actor = Spawn(TestActor.PropsFor((_, message) => probe.Ref.Tell(message)));
        actor.Do(a => a.Context.Timers.StartSingle("k", "tick", TimeSpan.FromSeconds(2)));
        actor.Do(a => a.Context.Timers.StartSingle("l", "late", TimeSpan.FromSeconds(6)));

        probe.Expect("tick");
        Assert.Throws<ExpectationException>(() => probe.Expect<string>());
        Assert.Equal("late", probe.Expect<string>(limit: TimeSpan.FromSeconds(4)));
    }

    [Fact]
    public void With_virtual_time_ExpectNothing_means_that_the_system_is_quiet_until_then()
    {
        var probe = CreateProbe();
        var actor = Spawn(TestActor.PropsFor((_, message) => probe.Ref.Tell(message)));
        actor.Do(a => a.Context.Timers.StartSingle("k", "tick", TimeSpan.FromSeconds(2)));

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
    public void An_expected_log_event_that_does_not_come_fails_the_test()
    {
        Assert.Throws<ExpectationException>(() => ExpectLog<InvalidOperationException>(() => { }));
    }

    [Fact]
    public async Task A_question_that_nobody_answers_fails_at_once()
    {
        var actor = Spawn(TestActor.PropsFor((_, _) => { }));

        await Assert.ThrowsAsync<ExpectationException>(() => AskAsync<string>(actor, "x"));
    }

    [Fact]
    public async Task Actors_that_wait_for_other_threads_can_be_waited_for()
    {
        var probe = CreateProbe();
        var actor = Spawn(TestActor.PropsFor(async (_, message) =>
        {
            await Task.Run(() => { });
            probe.Ref.Tell(message);
        }));

        actor.Tell("x");
        await RunUntilAsync(() => probe.Count == 1);

        probe.Expect("x");
    }
}
