using OpenCode.Actors.Clustering;

namespace OpenCode.Actors.Tests.Specifications;

/// <content>Who may join, and what it finds.</content>
public abstract partial class MembershipSpecification
{
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
}
