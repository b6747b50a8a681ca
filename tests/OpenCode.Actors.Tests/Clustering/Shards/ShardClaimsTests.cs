using OpenCode.Actors.Clustering.Shards;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Batches;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Tests.Journal.Memory;
using OpenCode.Actors.Tests.Specifications;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Clustering.Shards;

public sealed class ShardClaimsTests : ClusterKit
{
    private readonly MemoryBatchStore _store;
    private readonly BatchJournal _journal;
    private readonly ShardClaims _claims;

    public ShardClaimsTests()
    {
        _store = new MemoryBatchStore(new MemoryBatchDatabase(Time), "n1", Time);

        // Its reader waits on this thread from now on: on the pool it would read while a test moves the clock.
        var opening = Inlining.Run(() => BatchJournal.OpenAsync(_store, new JournalOptions(), Time));
        Assert.True(opening.IsCompleted);
        _journal = opening.GetAwaiter().GetResult();
        _claims = new ShardClaims(Arbiter, _journal, Standing, Metrics, Time);
        _claims.Index.Reached(0);
    }

    [Fact]
    public async Task The_first_session_of_a_shard_claims_it_and_the_others_share_the_claim()
    {
        await BecomeReadyAsync();
        var (a, b) = Neighbours();

        var first = await Claim(a);
        var second = await Claim(b);

        Assert.Equal(ShardOf.Session(a), first!.Shard);
        Assert.Same(first, second);
        Assert.Equal(1, Arbiter.Calls.Count(call => call == ArbiterCall.Claim));
    }

    [Fact]
    public async Task Two_sessions_that_come_at_once_make_one_claim()
    {
        await BecomeReadyAsync();
        var (a, b) = Neighbours();
        Arbiter.Freeze();
        var (first, second) = (Claim(a), Claim(b));
        Assert.False(first.IsCompleted);

        Arbiter.Thaw();

        Assert.Equal(await first, await second);
    }

    [Fact]
    public async Task A_lost_claim_is_forgotten_and_a_later_one_of_the_same_shard_is_not()
    {
        await BecomeReadyAsync();
        var session = NewSession();
        var first = await Claim(session);

        _claims.Lost(first!);
        var second = await Claim(session);
        _claims.Lost(first!);
        var third = await Claim(session);

        Assert.True(second!.Token > first!.Token);
        Assert.Same(second, third);
    }

    [Fact]
    public async Task A_claim_is_forgotten_when_the_last_session_of_its_shard_has_left()
    {
        await BecomeReadyAsync();
        var (a, b) = Neighbours();
        var first = await Claim(a);
        await Claim(b);

        _claims.Left(a);
        Assert.Same(first, await _claims.ClaimAsync(b, CancellationToken.None));
        Assert.Equal([ShardOf.Session(a)], _claims.Shards);
        _claims.Left(b);

        Assert.Empty(_claims.Shards);
        Assert.True((await Claim(a))!.Token > first!.Token);
    }

    [Fact]
    public async Task A_claim_that_waits_is_given_up_with_the_last_session_and_takes_no_token_from_the_next_owner()
    {
        await BecomeReadyAsync();
        var session = NewSession();
        Arbiter.SetAway(true);
        var claim = Claim(session);

        _claims.Left(session);
        Arbiter.SetAway(false);
        Time.Advance(TimeSpan.FromSeconds(5));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => claim);
        Assert.All(await Arbiter.ReadShardsAsync(CancellationToken.None), static shard => Assert.Null(shard.Owner));
    }

    [Fact]
    public async Task A_session_that_has_left_claims_nothing()
    {
        await BecomeReadyAsync();
        var session = NewSession();
        _claims.Entered(session);
        _claims.Left(session);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _claims.ClaimAsync(session, CancellationToken.None).AsTask());

        Assert.DoesNotContain(ArbiterCall.Claim, Arbiter.Calls);
        Assert.Empty(_claims.Shards);
    }

    [Fact]
    public async Task A_session_that_comes_after_the_last_one_left_has_a_claim_of_its_own()
    {
        await BecomeReadyAsync();
        var (a, b) = Neighbours();
        Arbiter.SetAway(true);
        var first = Claim(a);
        _claims.Left(a);
        var second = Claim(b);
        Arbiter.SetAway(false);
        Time.Advance(TimeSpan.FromSeconds(1));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.NotNull(await second);
    }

    [Fact]
    public async Task The_journal_has_caught_up_before_a_claim_is_given_out()
    {
        await BecomeReadyAsync();
        _store.Freeze();

        var claim = Claim(NewSession());
        Assert.Contains(ArbiterCall.Claim, Arbiter.Calls);
        Assert.False(claim.IsCompleted);
        _store.Thaw();
        Time.Advance(TimeSpan.FromSeconds(5));

        Assert.NotNull(await claim);
    }

    [Fact]
    public async Task The_index_has_caught_up_too_before_a_claim_is_given_out()
    {
        await BecomeReadyAsync();
        await Inlining.Run(() => _journal.AppendAsync(Make.Batch(Make.Entry("a"), Make.Entry("b")), CancellationToken.None));

        var claim = Claim(NewSession());
        Time.Advance(TimeSpan.FromSeconds(5));
        _claims.Index.Reached(1);
        Assert.False(claim.IsCompleted);
        _claims.Index.Reached(2);

        Assert.NotNull(await RunUntilAsync(claim));
    }

    [Fact]
    public async Task While_the_arbiter_is_away_a_claim_waits_and_nothing_fails()
    {
        await BecomeReadyAsync();
        Arbiter.SetAway(true);

        var claim = Claim(NewSession());
        Time.Advance(TimeSpan.FromSeconds(30));
        Assert.False(claim.IsCompleted);
        Arbiter.SetAway(false);
        Time.Advance(TimeSpan.FromSeconds(1));

        Assert.NotNull(await claim);
    }

    [Fact]
    public void A_node_that_joins_claims_nothing_until_it_is_ready()
    {
        var claim = Claim(NewSession());
        Time.Advance(TimeSpan.FromSeconds(5));

        Assert.False(claim.IsCompleted);
        Assert.DoesNotContain(ArbiterCall.Claim, Arbiter.Calls);
    }

    [Fact]
    public async Task A_dead_node_claims_nothing()
    {
        await BecomeReadyAsync();
        Standing.Die("for the test");

        await Assert.ThrowsAsync<DeclaredDeadException>(() => Claim(NewSession()));
    }

    [Fact]
    public async Task A_node_whose_claim_is_refused_looks_at_its_own_row()
    {
        await BecomeReadyAsync();
        var wanted = 0;
        Standing.LookWanted.Add(_ => wanted++);
        var other = new MemoryArbiter(Rows, Time);
        await JoinAsync(other, Describe("n2", 2, 7002));
        await other.DeclareDeadAsync(Describe("n1", 1, 7001).Identity, CancellationToken.None);

        var claim = Claim(NewSession());
        Assert.Equal(1, wanted);
        Standing.Answered(await Arbiter.LookAsync(0, CancellationToken.None), Time.GetTimestamp());
        Time.Advance(TimeSpan.FromSeconds(1));

        await Assert.ThrowsAsync<DeclaredDeadException>(() => claim);
        Assert.Single(Deaths);
    }

    [Fact]
    public async Task Who_gives_up_waiting_takes_the_claim_from_nobody()
    {
        await BecomeReadyAsync();
        var (a, b) = Neighbours();
        Arbiter.Freeze();
        using var given = new CancellationTokenSource();
        _claims.Entered(a);
        var first = _claims.ClaimAsync(a, given.Token).AsTask();
        var second = Claim(b);

        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Arbiter.Thaw();

        Assert.NotNull(await second);
    }

    // As a session that comes into memory does. The journal's reader goes on inside: on the pool it would start its timers while the test moves the clock.
    private Task<OpenCode.Actors.Journal.Fence?> Claim(SessionId session)
    {
        _claims.Entered(session);
        return Inlining.Run(() => _claims.ClaimAsync(session, CancellationToken.None).AsTask());
    }

    // Two sessions of one shard.
    private (SessionId A, SessionId B) Neighbours()
    {
        var ids = new IdFactory(Time, Entropy.Fill);
        var first = ids.NewSession();
        while (true)
        {
            var next = ids.NewSession();
            if (ShardOf.Session(next) == ShardOf.Session(first))
                return (first, next);
        }
    }
}
