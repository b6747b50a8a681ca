using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Nodes;

namespace OpenCode.Actors.Tests.Specifications;

/// <summary>Shards: claims, tokens, and appends under them.</summary>
/// <param name="store">The store.</param>
public abstract class ArbiterClaimSpecification(ArbiterStore store) : ArbiterSpecification(store)
{
    [SkippableFact]
    public async Task Each_claim_of_a_shard_gives_a_token_above_all_before()
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
    public async Task Who_is_joining_or_has_left_claims_nothing()
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
    public async Task An_append_under_a_stale_token_writes_nothing()
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
}
