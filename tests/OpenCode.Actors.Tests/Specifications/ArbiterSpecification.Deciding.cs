using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Nodes;

namespace OpenCode.Actors.Tests.Specifications;

public abstract partial class ArbiterSpecification
{
    [SkippableFact]
    public async Task A_node_that_is_up_declares_another_dead_and_that_one_may_do_no_more_F1()
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
    public async Task Of_two_that_declare_each_other_dead_exactly_one_wins_every_time_F1()
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
    public async Task A_node_that_is_not_up_yet_declares_nobody_dead_F1()
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
    public async Task Each_claim_of_a_shard_gives_a_token_above_all_before_E6()
    {
        var a = await UpAsync("a");
        var b = await UpAsync("b");

        var first = await a.Arbiter.ClaimAsync(3, default);
        var second = await b.Arbiter.ClaimAsync(3, default);
        var third = await b.Arbiter.ClaimAsync(3, default);
        var other = await a.Arbiter.ClaimAsync(63, default);

        Assert.Equal([3, 3, 3, 63], [first.Shard, second.Shard, third.Shard, other.Shard]);
        Assert.True(first.Token < second.Token && second.Token < third.Token);
        var shards = await a.Arbiter.ReadShardsAsync(default);
        Assert.Equal(Enumerable.Range(0, 64), shards.Select(static s => s.Shard));
        Assert.Equal(new ShardRow(3, b.Identity, third.Token), shards[3]);
        Assert.Equal(new ShardRow(63, a.Identity, other.Token), shards[63]);
        Assert.Equal(new ShardRow(5, null, 0), shards[5]);
    }

    [SkippableFact]
    public async Task Of_many_claims_at_once_no_two_get_the_same_token()
    {
        var a = await UpAsync("a");
        var b = await UpAsync("b");

        var fences = await EndsAsync(
            Task.WhenAll(Enumerable.Range(0, 20).Select(i => UntilAnsweredAsync(token => (i % 2 == 0 ? a : b).Arbiter.ClaimAsync(7, token)))),
            "all claims");

        Assert.Equal(20, fences.Select(static f => f.Token).Distinct().Count());
    }

    [SkippableTheory]
    [InlineData(-1)]
    [InlineData(64)]
    public async Task A_shard_that_does_not_exist_is_not_claimed(int shard)
    {
        var a = await UpAsync("a");

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await a.Arbiter.ClaimAsync(shard, default));
    }

    [SkippableFact]
    public async Task Who_is_joining_or_has_left_claims_nothing_E6()
    {
        var joining = await NodeAsync("a");
        await EndsAsync(joining.AdmitAsync(), "admission");
        await Assert.ThrowsAsync<DeclaredDeadException>(async () => await joining.Arbiter.ClaimAsync(3, default));
        await joining.Arbiter.ConfirmUpAsync(default);
        var left = await UpAsync("b");
        await left.Arbiter.LeaveAsync(default);

        await Assert.ThrowsAsync<DeclaredDeadException>(() => UntilAnsweredAsync(token => left.Arbiter.ClaimAsync(3, token)));

        Assert.Equal(new ShardRow(3, null, 0), (await joining.Arbiter.ReadShardsAsync(default))[3]);
    }

    [SkippableFact]
    public async Task An_append_under_a_stale_token_writes_nothing_E1()
    {
        var a = await UpAsync("a");
        var b = await UpAsync("b");
        await using var ofA = await a.OpenJournalAsync();
        await using var ofB = await b.OpenJournalAsync();
        var stale = await a.Arbiter.ClaimAsync(3, default);
        Assert.Equal(1, await EndsAsync(ofA.AppendAsync(Make.Batch(Make.Entry("1")) with { Fences = [stale] }, default).AsTask(), "append"));

        var fence = await b.Arbiter.ClaimAsync(3, default);

        var refused = await Assert.ThrowsAsync<JournalFencedException>(() =>
            EndsAsync(ofA.AppendAsync(Make.Batch(Make.Entry("2")) with { Fences = [stale] }, default).AsTask(), "refusal"));
        Assert.Equal(stale, refused.Fence);
        Assert.Equal(2, await EndsAsync(ofB.AppendAsync(Make.Batch(Make.Entry("3")) with { Fences = [fence] }, default).AsTask(), "append of the owner"));
    }

    [SkippableFact]
    public async Task A_look_says_how_far_each_node_has_read_the_log()
    {
        var a = await UpAsync("a");
        var b = await UpAsync("b");
        await using var journal = await a.OpenJournalAsync();
        for (var i = 1; i <= 5; i++)
            await EndsAsync(journal.AppendAsync(Make.Batch(Make.Entry($"{i}")), default).AsTask(), "append");

        await a.Arbiter.LookAsync(2, default);
        await b.Arbiter.LookAsync(99, default);

        Assert.Equal([3, 0], (await a.Arbiter.LookAsync(2, default)).Living.Select(static r => r.Behind ?? -1));
    }

    [SkippableFact]
    public async Task Each_look_moves_the_row_of_the_node_that_looks_and_no_other()
    {
        var a = await UpAsync("a");
        var b = await UpAsync("b");
        var before = (await LookAsync(a)).Living[1];

        Assert.Equal(before, (await LookAsync(a)).Living[1]);
        await PassAsync(TimeSpan.FromMilliseconds(10));
        Assert.True((await LookAsync(b)).IsNoted);

        Assert.True((await LookAsync(a)).Living[1].Looked > before.Looked);
    }

    [SkippableFact]
    public async Task A_node_that_has_not_looked_since_it_was_seen_is_declared_dead_and_one_that_has_is_not_F1()
    {
        var a = await UpAsync("a");
        var b = await UpAsync("b");
        await LookAsync(b);
        var seen = (await LookAsync(a)).Living[1];
        await PassAsync(TimeSpan.FromMilliseconds(10));
        await LookAsync(b);

        Assert.Equal(Verdict.OtherLooked, await EndsAsync(a.Arbiter.DeclareStaleAsync(seen, default).AsTask(), "no verdict"));
        Assert.Equal(NodeStatus.Up, await StatusAsync(b));
        await PassAsync(TimeSpan.FromMilliseconds(10));
        seen = (await LookAsync(a)).Living[1];

        Assert.Equal(Verdict.OtherIsDead, await EndsAsync(a.Arbiter.DeclareStaleAsync(seen, default).AsTask(), "verdict"));
        Assert.Equal(NodeStatus.Dead, await UntilAnsweredAsync(async token => (await b.Arbiter.LookAsync(0, token)).Mine));
        Assert.Equal(Verdict.OtherIsDead, await EndsAsync(a.Arbiter.DeclareStaleAsync(seen, default).AsTask(), "the same once more"));
        Assert.Equal(Verdict.ThisIsDead, await UntilAnsweredAsync(async token => await b.Arbiter.DeclareStaleAsync((await a.Arbiter.LookAsync(0, token)).Living[0], token)));
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
    public async Task While_the_store_is_away_every_call_says_so_and_nobody_is_dead_F1()
    {
        var a = await UpAsync("a");
        var b = await UpAsync("b");
        a.SetAway(true);

        Func<Task>[] calls =
        [
            () => a.Arbiter.ConfirmUpAsync(default).AsTask(),
            () => a.Arbiter.LookAsync(0, default).AsTask(),
            () => a.Arbiter.DeclareDeadAsync(b.Identity, default).AsTask(),
            () => a.Arbiter.ClaimAsync(1, default).AsTask(),
            () => a.Arbiter.ReadShardsAsync(default).AsTask(),
            () => a.Arbiter.LeaveAsync(default).AsTask(),
        ];
        foreach (var call in calls)
            await Assert.ThrowsAsync<ArbiterAwayException>(() => EndsAsync(call(), "an answer"));
        a.SetAway(false);

        Assert.Equal(NodeStatus.Up, await UntilAnsweredAsync(async token => (await a.Arbiter.LookAsync(0, token)).Mine));
        Assert.Equal(NodeStatus.Up, await StatusAsync(b));
        a.SetAway(true);
        var joiner = await NodeAsync("c");
        joiner.SetAway(true);
        await Assert.ThrowsAsync<ArbiterAwayException>(() => EndsAsync(joiner.AdmitAsync(), "an answer"));
    }

    [SkippableFact]
    public async Task A_node_whose_way_was_cut_for_long_holds_its_lock_again_soon_after()
    {
        var a = await UpAsync("a");
        a.SetAway(true);
        await PassAsync(TimeSpan.FromSeconds(6));
        a.SetAway(false);
        await UntilAnsweredAsync(async token => await a.Arbiter.LookAsync(0, token));
        await PassAsync(TimeSpan.FromSeconds(3));
        var outside = await NodeAsync("outside");
        outside.IsGone = static _ => true;

        Assert.Contains(a.Identity.Address, await RefusedAsync(outside), StringComparison.Ordinal);
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
