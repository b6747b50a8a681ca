using OpenCode.Actors.Clustering;

namespace OpenCode.Actors.Tests.Specifications;

/// <content>Who is declared dead, by whom, and who gets its shards.</content>
public abstract partial class MembershipSpecification
{
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
    public async Task The_lock_goes_with_the_process_and_the_member_stays()
    {
        var a = await NodeAsync("a");
        var b = await NodeAsync("b");

        await a.Membership.DisposeAsync();

        var look = await LookUntilAsync(b, seen => !seen.Single(m => m.Member.Name == "a").IsLockHeld);
        Assert.All(look.Shards, row => Assert.True(a.Member.Owns(row)));
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
}
