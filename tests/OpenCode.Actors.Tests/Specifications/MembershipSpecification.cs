using OpenCode.Actors.Clustering;
using OpenCode.Actors.Journaling;

namespace OpenCode.Actors.Tests.Specifications;

/// <summary>What every <see cref="IMembership"/> keeps, whatever database it works on.</summary>
public abstract class MembershipSpecification : IAsyncLifetime
{
    private const int Shards = 64;

    // Only so that a broken hint fails a test instead of hanging it.
    private static readonly TimeSpan HintLimit = TimeSpan.FromSeconds(20);

    private readonly List<IMembership> _open = [];

    /// <summary>Opens one node's way to the database of this test.</summary>
    protected abstract ValueTask<IMembership> OpenAsync(string tag);

    public virtual Task InitializeAsync() => Task.CompletedTask;

    public virtual async Task DisposeAsync()
    {
        foreach (var membership in _open)
            await membership.DisposeAsync();
    }

    [SkippableFact]
    public async Task The_first_node_is_up_with_all_shards_under_their_first_token()
    {
        var a = await NodeAsync("a");

        Assert.Equal(("a", 1L, MemberStatus.Up), (a.Member.Name, a.Member.Incarnation, a.Member.Status));
        var look = await a.Membership.LookAsync(default);
        Assert.Equal(Enumerable.Range(0, Shards).Select(shard => new ShardRow(shard, "a", 1, 1)), look.Shards);
        var seen = Assert.Single(look.Members);
        Assert.True(seen.Member.Is(a.Member));
        Assert.Equal((new Uri("http://a:4096"), "oc/a", true), (seen.Member.Url, seen.Member.Tag, seen.IsLockHeld));
    }

    [SkippableFact]
    public async Task A_renewal_moves_the_beat_and_nothing_else()
    {
        var a = await NodeAsync("a");
        var before = await a.Membership.LookAsync(default);

        Assert.True(await a.Membership.RenewAsync(a.Member, default));
        Assert.True(await a.Membership.RenewAsync(a.Member, default));

        var after = await a.Membership.LookAsync(default);
        Assert.Equal(before.Members[0].Member with { Beat = before.Members[0].Member.Beat + 2 }, after.Members[0].Member);
        Assert.Equal(before.Shards, after.Shards);
        Assert.Equal((before.Connection, before.Life), (after.Connection, after.Life));
    }

    [SkippableFact]
    public async Task A_second_node_gets_no_shard_by_joining_since_all_have_an_owner()
    {
        var a = await NodeAsync("a");
        var b = await NodeAsync("b");

        var look = await b.Membership.LookAsync(default);

        Assert.Equal(["a", "b"], look.Members.Select(m => m.Member.Name));
        Assert.All(look.Shards, row => Assert.True(a.Member.Owns(row)));
    }

    [SkippableFact]
    public async Task Two_nodes_with_one_name_are_refused()
    {
        await NodeAsync("a");

        var refusal = await Assert.ThrowsAsync<NodeNameInUseException>(() => NodeAsync("a"));

        Assert.Contains("--node", refusal.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_killed_node_that_comes_back_at_its_address_declares_its_former_life_dead_and_has_its_shards_under_the_next_token()
    {
        var first = await NodeAsync("a");
        await first.Membership.DisposeAsync();

        var second = await NodeAsync("a");

        Assert.Equal(2, second.Member.Incarnation);
        var look = await second.Membership.LookAsync(default);
        Assert.Equal([2L], look.Members.Select(m => m.Member.Incarnation));
        Assert.All(look.Shards, row => Assert.Equal(("a", 2L, 2L), (row.Owner, row.Incarnation, row.Token)));
        Assert.False(await second.Membership.RenewAsync(first.Member, default));
    }

    [SkippableFact]
    public async Task A_name_whose_lock_is_free_is_still_refused_at_another_address_until_its_node_is_declared_dead()
    {
        var first = await NodeAsync("a");
        await first.Membership.DisposeAsync();
        var elsewhere = Describe("a") with { Url = new Uri("http://elsewhere:1") };
        var other = await TrackAsync("oc/a2");

        await Assert.ThrowsAsync<NodeNameInUseException>(async () => await other.JoinAsync(elsewhere, default));

        Assert.True(await other.DeclareDeadAsync(first.Member, default));
        Assert.Equal(2, (await other.JoinAsync(elsewhere, default)).Incarnation);
    }

    [SkippableFact]
    public async Task A_node_that_joins_again_with_the_same_membership_gets_a_new_incarnation()
    {
        var a = await NodeAsync("a");
        var b = await NodeAsync("b");
        Assert.True(await b.Membership.DeclareDeadAsync(a.Member, default));

        var again = await a.Membership.JoinAsync(Describe("a"), default);

        Assert.Equal(2, again.Incarnation);
        var look = await b.Membership.LookAsync(default);
        Assert.True(look.Members.Single(m => m.Member.Name == "a").IsLockHeld);
    }

    [SkippableFact]
    public async Task Another_default_location_is_refused_H3()
    {
        await NodeAsync("a");
        var b = await TrackAsync("oc/b");

        var refusal = await Assert.ThrowsAsync<OtherLocationException>(async () => await b.JoinAsync(Describe("b") with { Location = "/elsewhere" }, default));

        Assert.Equal(("/elsewhere", "/proj"), (refusal.Ours, refusal.Theirs));
    }

    [SkippableFact]
    public async Task Another_protocol_is_refused_while_a_member_speaks_the_old_one()
    {
        var a = await NodeAsync("a");
        var b = await TrackAsync("oc/b");
        var newer = Describe("b") with { Protocol = 2 };

        await Assert.ThrowsAsync<OtherProtocolException>(async () => await b.JoinAsync(newer, default));

        await a.Membership.LeaveAsync(a.Member, default);
        Assert.Equal(1, (await b.JoinAsync(newer, default)).Incarnation);
    }

    [SkippableFact]
    public async Task Another_number_of_shards_is_refused()
    {
        await NodeAsync("a");
        var b = await TrackAsync("oc/b");

        var refusal = await Assert.ThrowsAsync<OtherShardCountException>(async () => await b.JoinAsync(Describe("b") with { ShardCount = 32 }, default));

        Assert.Equal((32, Shards), (refusal.Ours, refusal.Theirs));
    }

    [SkippableFact]
    public async Task A_refused_node_leaves_no_trace()
    {
        await NodeAsync("a");
        var b = await TrackAsync("oc/b");
        await Assert.ThrowsAsync<OtherLocationException>(async () => await b.JoinAsync(Describe("b") with { Location = "/elsewhere" }, default));

        Assert.Equal(["a"], (await b.LookAsync(default)).Members.Select(m => m.Member.Name));
        Assert.Equal(1, (await b.JoinAsync(Describe("b"), default)).Incarnation);
    }

    [SkippableFact]
    public async Task A_member_declared_dead_is_refused_and_its_shards_go_to_the_others_evenly_under_the_next_token()
    {
        var a = await NodeAsync("a");
        var b = await NodeAsync("b");
        var c = await NodeAsync("c");

        Assert.True(await b.Membership.DeclareDeadAsync(a.Member, default));

        var look = await c.Membership.LookAsync(default);
        Assert.Equal(["b", "c"], look.Members.Select(m => m.Member.Name));
        Assert.Equal([32, 32], new[] { b, c }.Select(node => look.Shards.Count(node.Member.Owns)));
        Assert.All(look.Shards, row => Assert.Equal(2, row.Token));
        Assert.False(await RenewAsync(a));
    }

    [SkippableFact]
    public async Task A_member_whose_beat_has_moved_is_not_declared_dead_F2()
    {
        var a = await NodeAsync("a");
        var b = await NodeAsync("b");
        var seen = (await b.Membership.LookAsync(default)).Members.Single(m => m.Member.Name == "a").Member;
        await a.Membership.RenewAsync(a.Member, default);

        Assert.False(await b.Membership.DeclareDeadAsync(seen, default));

        Assert.True(await a.Membership.RenewAsync(a.Member, default));
        Assert.All((await b.Membership.LookAsync(default)).Shards, row => Assert.True(a.Member.Owns(row)));
    }

    [SkippableFact]
    public async Task Of_all_who_declare_a_member_dead_one_does_it_and_the_tokens_grow_once()
    {
        var a = await NodeAsync("a");
        var takers = new List<Node>();
        for (var i = 0; i < 8; i++)
            takers.Add(await NodeAsync($"t{i}"));

        var results = await Task.WhenAll(takers.Select(taker => taker.Membership.DeclareDeadAsync(a.Member, default).AsTask()));

        Assert.Single(results, done => done);
        var look = await takers[0].Membership.LookAsync(default);
        Assert.All(look.Shards, row => Assert.Equal(2, row.Token));
        Assert.All(takers, taker => Assert.Equal(8, look.Shards.Count(taker.Member.Owns)));
    }

    [SkippableFact]
    public async Task Shards_of_a_cluster_that_died_as_a_whole_wait_for_the_next_node()
    {
        var a = await NodeAsync("a");
        await a.Membership.LeaveAsync(a.Member, default);
        var b = await TrackAsync("oc/b");
        Assert.Equal(0, await b.AssignOrphansAsync(default));

        var member = await b.JoinAsync(Describe("b"), default);

        Assert.Equal(0, await b.AssignOrphansAsync(default));
        Assert.All((await b.LookAsync(default)).Shards, row => Assert.True(member.Owns(row) && row.Token == 2));
    }

    [SkippableFact]
    public async Task An_owner_gives_a_shard_under_the_next_token_and_only_one_that_is_its_own()
    {
        var a = await NodeAsync("a");
        var b = await NodeAsync("b");

        var given = await a.Membership.GiveAsync(a.Member, [To(b, 3, 1), To(b, 4, 7), To(b, 5, 1)], default);
        var stolen = await b.Membership.GiveAsync(b.Member, [To(a, 6, 1)], default);

        Assert.Equal([3, 5], given.Order());
        Assert.Empty(stolen);
        var shards = (await a.Membership.LookAsync(default)).Shards;
        Assert.Equal(new ShardRow(3, "b", 1, 2), shards[3]);
        Assert.Equal(new ShardRow(4, "a", 1, 1), shards[4]);
        Assert.Equal(new ShardRow(6, "a", 1, 1), shards[6]);
    }

    [SkippableFact]
    public async Task A_shard_is_not_given_to_one_that_leaves_or_is_dead()
    {
        var a = await NodeAsync("a");
        var b = await NodeAsync("b");
        var c = await NodeAsync("c");
        Assert.True(await b.Membership.BeginLeaveAsync(b.Member, default));
        await c.Membership.LeaveAsync(c.Member, default);

        Assert.Empty(await a.Membership.GiveAsync(a.Member, [To(b, 1, 1), To(c, 2, 1)], default));
    }

    [SkippableFact]
    public async Task One_that_leaves_still_renews_and_gets_none_of_a_dead_members_shards()
    {
        var a = await NodeAsync("a");
        var b = await NodeAsync("b");
        var c = await NodeAsync("c");
        Assert.True(await b.Membership.BeginLeaveAsync(b.Member, default));

        Assert.True(await b.Membership.RenewAsync(b.Member, default));
        Assert.True(await c.Membership.DeclareDeadAsync(a.Member, default));

        var look = await c.Membership.LookAsync(default);
        Assert.Equal(MemberStatus.Leaving, look.Members.Single(m => m.Member.Name == "b").Member.Status);
        Assert.All(look.Shards, row => Assert.True(c.Member.Owns(row)));
    }

    [SkippableFact]
    public async Task One_that_has_left_is_dead_without_its_lock_and_what_it_still_had_is_given_away()
    {
        var a = await NodeAsync("a");
        var b = await NodeAsync("b");

        await a.Membership.LeaveAsync(a.Member, default);

        Assert.False(await a.Membership.RenewAsync(a.Member, default));
        var look = await b.Membership.LookAsync(default);
        Assert.Equal(["b"], look.Members.Select(m => m.Member.Name));
        Assert.All(look.Shards, row => Assert.True(b.Member.Owns(row) && row.Token == 2));
    }

    [SkippableFact]
    public async Task The_lock_goes_with_the_process_and_the_member_stays()
    {
        var a = await NodeAsync("a");
        var b = await NodeAsync("b");

        await a.Membership.DisposeAsync();

        var look = await LookUntilAsync(b, seen => !seen.Single(m => m.Member.Name == "a").IsLockHeld);
        Assert.All(look.Shards, row => Assert.True(a.Member.Owns(row)));
    }

    [SkippableFact]
    public async Task Whoever_waits_for_a_hint_is_told_of_a_join()
    {
        var a = await NodeAsync("a");
        await a.Membership.WaitForHintAsync(default); // Its own join, or the beginning of its listening.
        var hint = a.Membership.WaitForHintAsync(default).AsTask();

        await NodeAsync("b");

        await hint.WaitAsync(HintLimit);
    }

    [SkippableFact]
    public async Task A_hint_of_a_hand_over_says_what_became_of_the_shards()
    {
        var a = await NodeAsync("a");
        var b = await NodeAsync("b");
        await b.Membership.WaitForHintAsync(default); // Its own join, or the beginning of its listening.
        var row = (await a.Membership.LookAsync(default)).Shards[3];
        var handover = new Handover(new Fence(3, row.Token), b.Member);

        await a.Membership.GiveAsync(a.Member, [handover], default);

        var told = await HintUntilAsync(b, hint => hint.Shards.Count > 0);
        Assert.Equal([handover.After], told.Shards);
        Assert.Equal(handover.After, (await b.Membership.LookAsync(default)).Shards[3]);
    }

    [SkippableFact]
    public async Task A_hint_of_a_take_over_says_what_became_of_the_shards_and_that_there_is_more()
    {
        var a = await NodeAsync("a");
        var b = await NodeAsync("b");
        await b.Membership.WaitForHintAsync(default);

        Assert.True(await b.Membership.DeclareDeadAsync(a.Member, default));

        var told = await HintUntilAsync(b, hint => hint.Shards.Count > 0);
        Assert.True(told.IsMore);
        Assert.Equal((await b.Membership.LookAsync(default)).Shards, told.Shards.OrderBy(static row => row.Shard));
    }

    protected static NodeDescription Describe(string name) => new(name, new Uri($"http://{name}:4096"), $"oc/{name}", 1, "1.0", "/proj", Shards);

    protected async Task<Node> NodeAsync(string name)
    {
        var membership = await TrackAsync($"oc/{name}");
        return new Node(membership, await membership.JoinAsync(Describe(name), default));
    }

    protected async ValueTask<IMembership> TrackAsync(string tag)
    {
        var membership = await OpenAsync(tag);
        lock (_open)
            _open.Add(membership);
        return membership;
    }

    private static async Task<ClusterHint> HintUntilAsync(Node node, Func<ClusterHint, bool> isIt)
    {
        while (true)
        {
            var hint = await node.Membership.WaitForHintAsync(default).AsTask().WaitAsync(HintLimit);
            if (isIt(hint))
                return hint;
        }
    }

    /// <summary>A call whose connection was ended may fail once; the next one connects anew.</summary>
    private static async Task<bool> RenewAsync(Node node)
    {
        try
        {
            return await node.Membership.RenewAsync(node.Member, default);
        }
        catch (MembershipUnavailableException)
        {
            return await node.Membership.RenewAsync(node.Member, default);
        }
    }

    private static Handover To(Node target, int shard, long token) => new(new Fence(shard, token), target.Member);

    /// <summary>The server notices the end of a connection a moment later.</summary>
    private static async Task<ClusterLook> LookUntilAsync(Node node, Predicate<IReadOnlyList<SeenMember>> until)
    {
        for (var i = 0; ; i++)
        {
            var look = await node.Membership.LookAsync(default);
            if (until(look.Members))
                return look;
            Assert.True(i < 2_000, "The look never showed it.");
            await Task.Yield();
        }
    }

    protected sealed record Node(IMembership Membership, Member Member);
}
