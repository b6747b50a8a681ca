using OpenCode.Actors.Clustering.Memory;

namespace OpenCode.Actors.Tests.Clustering;

/// <summary>What leaves members as they are, and what counts as a change.</summary>
public sealed class MembershipTests : ClusterTest
{
    [Fact]
    public void A_clock_that_is_an_hour_off_has_no_effect()
    {
        Kit.Start("a", TimeSpan.FromHours(1));
        Kit.Start("b", TimeSpan.FromHours(-1));
        Kit.Start("c");

        Kit.Advance(60);

        Kit.AssertServed();
        Kit.AssertEven();
        Assert.All(Kit.Nodes, node => Assert.Equal((1L, 0), (node.Cluster.View.Self.Incarnation, node.Host.Suspensions)));
    }

    [Fact]
    public void Answers_that_take_a_second_do_not_cost_the_lease()
    {
        var nodes = Kit.StartEven("a", "b");

        foreach (var node in nodes)
            node.Membership.Latency = TimeSpan.FromSeconds(1);
        Kit.Advance(30);

        Assert.All(nodes, node => Assert.Equal((0, 1L), (node.Host.Suspensions, node.Cluster.View.Self.Incarnation)));
    }

    [Fact]
    public void A_beat_is_as_old_as_the_look_that_saw_it_move()
    {
        var (a, b) = (Kit.Start("a"), Kit.Start("b"));
        var self = b.Cluster.View.Self;
        Assert.Equal(TimeSpan.MaxValue, a.Cluster.SinceBeat(self with { Incarnation = 7 }));

        for (var second = 0; second < 10; second++)
        {
            Kit.Advance(1);
            Assert.InRange(a.Cluster.SinceBeat(b.Cluster.View.Self), TimeSpan.Zero, TimeSpan.FromSeconds(1.25));
        }

        b.Membership.Link = LinkState.Cut;
        Kit.Advance(4);

        Assert.InRange(a.Cluster.SinceBeat(b.Cluster.View.Self), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(5.25));
    }

    [Fact]
    public async Task Whoever_waits_for_a_change_sees_it_and_beats_are_none()
    {
        var a = Kit.Start("a");
        Kit.Advance(2);
        var version = a.Cluster.View.Version;
        var change = a.Cluster.WaitForChangeAsync(version, default).AsTask();
        using var given = new CancellationTokenSource();
        var up = a.Cluster.WaitForChangeAsync(version, given.Token).AsTask();

        Kit.Advance(10);
        Assert.Equal((version, false), (a.Cluster.View.Version, change.IsCompleted));
        Assert.True(a.Cluster.View.Members[0].Beat > 8);
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => up);
        Kit.Start("b");

        Assert.True((await change).Version > version);
    }
}
