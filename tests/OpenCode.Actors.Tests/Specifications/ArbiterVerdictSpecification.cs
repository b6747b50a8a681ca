using OpenCode.Actors.Journal.Nodes;

namespace OpenCode.Actors.Tests.Specifications;

/// <summary>Verdicts about dead nodes.</summary>
/// <param name="store">The store.</param>
public abstract class ArbiterVerdictSpecification(ArbiterStore store) : ArbiterSpecification(store)
{
    [SkippableFact]
    public async Task A_node_that_is_up_declares_another_dead_and_that_one_may_do_no_more()
    {
        var a = await UpAsync("a");
        var b = await UpAsync("b");

        Assert.Equal(Verdict.OtherIsDead, await EndsAsync(a.Arbiter.DeclareDeadAsync(b.Identity, default).AsTask(), "verdict"));

        Assert.Equal(["a"], Names((await LookAsync(a)).Living));
        Assert.Equal(NodeStatus.Dead, await UntilAnsweredAsync(async token => (await b.Arbiter.LookAsync(0, token)).Mine));
        await Assert.ThrowsAsync<DeclaredDeadException>(() => UntilAnsweredAsync(token => b.Arbiter.ClaimAsync(1, token)));
        await Assert.ThrowsAsync<DeclaredDeadException>(() => UntilAnsweredAsync(b.Arbiter.ConfirmUpAsync));
        await Assert.ThrowsAsync<DeclaredDeadException>(() => UntilAnsweredAsync(async token => await b.AdmitAsync(token)));
        Assert.Equal(Verdict.ThisIsDead, await UntilAnsweredAsync(token => b.Arbiter.DeclareDeadAsync(a.Identity, token)));
        Assert.Equal(NodeStatus.Up, await StatusAsync(a));
    }

    [SkippableFact]
    public async Task Of_two_that_declare_each_other_dead_exactly_one_wins_every_time()
    {
        for (var race = 0; race < 8; race++)
        {
            var a = await UpAsync($"a{race}");
            var b = await UpAsync($"b{race}");

            var verdicts = await EndsAsync(
                Task.WhenAll(
                    UntilAnsweredAsync(token => a.Arbiter.DeclareDeadAsync(b.Identity, token)),
                    UntilAnsweredAsync(token => b.Arbiter.DeclareDeadAsync(a.Identity, token))),
                "both verdicts");

            Assert.Equal([Verdict.OtherIsDead, Verdict.ThisIsDead], verdicts.Order());
            var (winner, loser) = verdicts[0] == Verdict.OtherIsDead ? (a, b) : (b, a);
            Assert.Equal(NodeStatus.Up, await UntilAnsweredAsync(async token => (await winner.Arbiter.LookAsync(0, token)).Mine));
            Assert.Equal(NodeStatus.Dead, await UntilAnsweredAsync(async token => (await loser.Arbiter.LookAsync(0, token)).Mine));
            await winner.Arbiter.LeaveAsync(default);
            await winner.KillAsync();
            await loser.KillAsync();
        }
    }

    [SkippableFact]
    public async Task A_node_that_is_not_up_yet_declares_no_node_dead()
    {
        var a = await UpAsync("a");
        var b = await NodeAsync("b");
        await EndsAsync(b.AdmitAsync(), "admission");

        Assert.Equal(Verdict.NotUpYet, await EndsAsync(b.Arbiter.DeclareDeadAsync(a.Identity, default).AsTask(), "verdict"));

        Assert.Equal(NodeStatus.Up, await StatusAsync(a));
    }

    [SkippableFact]
    public async Task A_joiner_can_be_declared_dead_and_finds_out_when_it_wants_to_be_up()
    {
        var a = await UpAsync("a");
        var b = await NodeAsync("b");
        await EndsAsync(b.AdmitAsync(), "admission");

        Assert.Equal(Verdict.OtherIsDead, await EndsAsync(a.Arbiter.DeclareDeadAsync(b.Identity, default).AsTask(), "verdict"));

        await Assert.ThrowsAsync<DeclaredDeadException>(() => UntilAnsweredAsync(b.Arbiter.ConfirmUpAsync));
        var c = await NodeAsync("c");
        Assert.Equal(["a"], Names(await EndsAsync(c.AdmitAsync(), "admission of the next")));
    }

    [SkippableFact]
    public async Task Who_is_dead_or_was_never_there_is_dead()
    {
        var a = await UpAsync("a");
        var b = await UpAsync("b");
        await a.Arbiter.DeclareDeadAsync(b.Identity, default);

        Assert.Equal(Verdict.OtherIsDead, await a.Arbiter.DeclareDeadAsync(b.Identity, default));
        Assert.Equal(Verdict.OtherIsDead, await a.Arbiter.DeclareDeadAsync(new("c", 1, "akka.ssl.tcp://opencode@c:7096"), default));
        await Assert.ThrowsAsync<ArgumentException>(async () => await a.Arbiter.DeclareDeadAsync(a.Identity, default));
    }

    [SkippableFact]
    public async Task A_verdict_on_one_life_leaves_the_next_life_of_that_name_alone()
    {
        var a = await UpAsync("a");
        var b = await UpAsync("b");
        await b.Arbiter.LeaveAsync(default);
        var next = await UpAsync("b");

        Assert.Equal(Verdict.OtherIsDead, await a.Arbiter.DeclareDeadAsync(b.Identity, default));

        Assert.Equal(NodeStatus.Up, await UntilAnsweredAsync(async token => (await next.Arbiter.LookAsync(0, token)).Mine));
    }

    [SkippableFact]
    public async Task Who_left_is_dead_and_its_name_is_free_at_once()
    {
        var a = await UpAsync("a");
        var b = await UpAsync("b");

        await a.Arbiter.LeaveAsync(default);
        await a.Arbiter.LeaveAsync(default);

        Assert.Equal(["b"], Names((await LookAsync(b)).Living));
        Assert.Equal(NodeStatus.Dead, await UntilAnsweredAsync(async token => (await a.Arbiter.LookAsync(0, token)).Mine));
        var next = await NodeAsync("a", "akka.ssl.tcp://opencode@elsewhere:7096");
        Assert.Equal(["b"], Names(await EndsAsync(next.AdmitAsync(), "admission of the next life")));
    }

    [SkippableFact]
    public async Task A_node_that_does_not_answer_is_declared_dead_all_the_same()
    {
        var a = await UpAsync("a");
        var b = await UpAsync("b");
        b.Freeze();
        var pending = b.Arbiter.ClaimAsync(4, default).AsTask();

        Assert.Equal(Verdict.OtherIsDead, await EndsAsync(a.Arbiter.DeclareDeadAsync(b.Identity, default).AsTask(), "verdict"));
        var fence = await a.Arbiter.ClaimAsync(4, default);
        b.Thaw();

        var fault = await Assert.ThrowsAnyAsync<Exception>(() => EndsAsync(pending, "end of the claim"));
        Assert.True(fault is DeclaredDeadException or ArbiterAwayException, fault.ToString());
        await Assert.ThrowsAsync<DeclaredDeadException>(() => UntilAnsweredAsync(token => b.Arbiter.ClaimAsync(4, token)));
        Assert.Equal(new ShardRow(4, a.Identity, fence.Token), (await a.Arbiter.ReadShardsAsync(default))[4]);
    }
}
