using OpenCode.Actors.Clustering;
using OpenCode.Actors.Journaling;

namespace OpenCode.Actors.Tests.Specifications;

/// <content>Whoever waits is told that something has changed, and what.</content>
public abstract partial class MembershipSpecification
{
    // Only so that a broken hint fails a test instead of hanging it.
    private static readonly TimeSpan HintLimit = TimeSpan.FromSeconds(20);

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
        var handover = new Handover(new Fence(3, row.Token), b.Member, WrittenThrough: 99);

        await a.Membership.GiveAsync(a.Member, [handover], default);

        var told = await HintUntilAsync(b, hint => hint.Shards.Count > 0);
        Assert.Equal([handover.After], told.Shards);
        Assert.Equal(handover.After with { WrittenThrough = null }, (await b.Membership.LookAsync(default)).Shards[3]);
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

    private static async Task<ClusterHint> HintUntilAsync(Node node, Func<ClusterHint, bool> isIt)
    {
        while (true)
        {
            var hint = await node.Membership.WaitForHintAsync(default).AsTask().WaitAsync(HintLimit);
            if (isIt(hint))
                return hint;
        }
    }
}
