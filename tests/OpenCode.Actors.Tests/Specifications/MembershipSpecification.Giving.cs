using OpenCode.Actors.Clustering;

namespace OpenCode.Actors.Tests.Specifications;

/// <content>Shards that change hands by the will of their owner, to the last one when it leaves.</content>
public abstract partial class MembershipSpecification
{
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
}
