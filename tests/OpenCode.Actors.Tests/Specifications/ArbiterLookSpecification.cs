using OpenCode.Actors.Journal.Nodes;

namespace OpenCode.Actors.Tests.Specifications;

/// <summary>Looks: what they note and tell, also while the store is away.</summary>
/// <param name="store">The store.</param>
public abstract class ArbiterLookSpecification(ArbiterStore store) : ArbiterSpecification(store)
{
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
    public async Task A_node_that_has_not_looked_since_it_was_seen_is_declared_dead_and_one_that_has_is_not()
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
    public async Task While_the_store_is_away_every_call_says_so_and_no_node_is_dead()
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
        await PassAsync(TimeSpan.FromSeconds(5));
        var outside = await NodeAsync("outside");
        outside.IsGone = static _ => true;

        Assert.Contains(a.Identity.Address, await RefusedAsync(outside), StringComparison.Ordinal);
    }
}
