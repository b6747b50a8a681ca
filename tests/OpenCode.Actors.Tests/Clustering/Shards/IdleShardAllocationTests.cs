using System.Collections.Immutable;
using System.Globalization;
using Akka.Actor;
using OpenCode.Actors.Clustering.Shards;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Clustering.Shards;

public sealed class IdleShardAllocationTests : HubTestKit
{
    private static readonly HashSet<int> _none = [];

    private readonly List<string> _ended = [];

    [Fact]
    public async Task A_new_shard_goes_to_the_node_with_the_fewest()
    {
        var (a, b) = (CreateProbe("a").Ref, CreateProbe("b").Ref);
        var strategy = new IdleShardAllocation(static () => Task.FromResult<IReadOnlySet<int>>(_none), _ended.Add);

        Assert.Equal(b, await strategy.AllocateShard(a, "9", Shards((a, 2), (b, 1))));
        Assert.Equal(a, await strategy.AllocateShard(a, "9", Shards((a, 1), (b, 1))));
    }

    [Fact]
    public async Task A_round_moves_4_shards_and_the_next_one_waits_for_it()
    {
        var (a, b, c) = (CreateProbe("a").Ref, CreateProbe("b").Ref, CreateProbe("c").Ref);
        var strategy = new IdleShardAllocation(static () => Task.FromResult<IReadOnlySet<int>>(_none), _ended.Add);
        var uneven = Shards((a, 32), (b, 32), (c, 0));

        Assert.Equal(4, (await strategy.Rebalance(uneven, ImmutableHashSet<string>.Empty)).Count);
        Assert.Empty(await strategy.Rebalance(uneven, ["1"]));
    }

    [Fact]
    public async Task A_node_that_dies_while_it_hands_shards_over_does_not_keep_them()
    {
        var (a, b, c) = (CreateProbe("a").Ref, CreateProbe("b").Ref, CreateProbe("c").Ref);
        var strategy = new IdleShardAllocation(static () => Task.FromResult<IReadOnlySet<int>>(_none), _ended.Add);
        var moves = await strategy.Rebalance(Shards((a, 6), (b, 1), (c, 1)), ImmutableHashSet<string>.Empty);
        Assert.NotEmpty(moves);

        await strategy.AllocateShard(b, "9", Shards((a, 6), (b, 1), (c, 1)));
        Assert.Empty(_ended);

        var without = Shards((b, 1), (c, 1));
        await strategy.AllocateShard(b, "9", without);
        Assert.Equal(moves.Order(), _ended.Order());

        // The move may not yet wait for the lost node: the message is repeated while it is under way, and never later.
        _ended.Clear();
        await strategy.Rebalance(without, moves);
        Assert.Equal(moves.Order(), _ended.Order());
        _ended.Clear();
        await strategy.Rebalance(without, ImmutableHashSet<string>.Empty);
        await strategy.AllocateShard(b, "9", without);
        Assert.Empty(_ended);
    }

    [Fact]
    public async Task Who_is_busy_is_asked_only_when_something_is_to_be_moved_and_without_an_answer_nothing_is()
    {
        var (a, b) = (CreateProbe("a").Ref, CreateProbe("b").Ref);
        var asked = 0;
        var strategy = new IdleShardAllocation(() =>
        {
            asked++;
            throw new TimeoutException();
        }, _ended.Add);

        Assert.Empty(await strategy.Rebalance(Shards((a, 2), (b, 1)), ImmutableHashSet<string>.Empty));
        Assert.Equal(0, asked);
        Assert.Empty(await strategy.Rebalance(Shards((a, 3), (b, 1)), ImmutableHashSet<string>.Empty));
        Assert.Equal(1, asked);
    }

    [Fact]
    public void A_joined_node_gets_its_share_and_no_shard_with_an_unfinished_turn_moves()
    {
        List<string>[] nodes = [Names(0, 32), Names(32, 32), []];
        HashSet<int> busy = [.. Enumerable.Range(0, 10), .. Enumerable.Range(32, 11)];

        var rounds = 0;
        while (IdleShardAllocation.Choose(nodes, busy) is { IsEmpty: false } moves)
        {
            Assert.InRange(++rounds, 1, 10);
            Assert.DoesNotContain(moves, move => busy.Contains(ShardOf.Parse(move)));
            foreach (var node in nodes)
                node.RemoveAll(moves.Contains);
            foreach (var move in moves)
                nodes.MinBy(node => node.Count)!.Add(move);
        }

        Assert.All(nodes, node => Assert.InRange(node.Count, 20, 23));
    }

    [Fact]
    public void Where_all_shards_of_the_fullest_node_are_busy_the_next_one_gives() =>
        Assert.Equal(["5"], IdleShardAllocation.Choose([["1", "2", "3", "4"], ["5", "6"], []], new HashSet<int> { 1, 2, 3, 4 }));

    [Fact]
    public void Nothing_moves_between_even_nodes() => Assert.Empty(IdleShardAllocation.Choose([["1", "2"], ["3"], ["4", "5"]], _none));

    private static List<string> Names(int first, int count) => [.. Enumerable.Range(first, count).Select(shard => shard.ToString(CultureInfo.InvariantCulture))];

    private static ImmutableDictionary<IActorRef, IImmutableList<string>> Shards(params (IActorRef Node, int Count)[] nodes)
    {
        var next = 0;
        return nodes.ToImmutableDictionary(node => node.Node, node => (IImmutableList<string>)ImmutableList.CreateRange(Names((next += node.Count) - node.Count, node.Count)));
    }
}
