namespace OpenCode.Actors.Tests.Streams.Walks;

/// <summary>Promises 1 and 2 at every step: in order, once, and never a silent gap.</summary>
public sealed class ClientWalkTests
{
    public static TheoryData<ulong> Seeds => [.. Enumerable.Range(1, 200).Select(i => (ulong)i)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Clients_see_what_they_select_in_order_and_once_whatever_happens(ulong seed)
    {
        using var walk = new ClientWalk(seed);

        walk.Play(acts: 200);
    }

    [Fact]
    public void The_walks_see_events_and_gaps()
    {
        var (seen, gaps) = (0, 0);
        for (var seed = 1UL; seed <= 10; seed++)
        {
            using var walk = new ClientWalk(seed);
            walk.Play(acts: 100);
            seen += walk.Seen;
            gaps += walk.Gaps;
        }

        Assert.True(seen > 1_000, $"Only {seen} events were seen.");
        Assert.True(gaps > 0, "No client got a gap.");
    }

    [Fact]
    public void A_seed_repeats_its_walk()
    {
        using var first = new ClientWalk(7);
        using var second = new ClientWalk(7);
        first.Play(acts: 60);
        second.Play(acts: 60);

        Assert.Equal(first.Simulation.TraceHash, second.Simulation.TraceHash);
    }
}
