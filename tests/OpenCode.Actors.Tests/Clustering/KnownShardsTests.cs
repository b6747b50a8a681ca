using OpenCode.Actors.Clustering;
using OpenCode.Actors.Clustering.Placing;

namespace OpenCode.Actors.Tests.Clustering;

public sealed class KnownShardsTests
{
    private readonly KnownShards _known = new();

    [Fact]
    public void Of_each_shard_the_highest_token_counts_whoever_tells_it()
    {
        _known.See(Look("1", new ShardRow(0, "a", 1, 5), new ShardRow(1, "a", 1, 5)));

        Assert.True(_known.Take([new ShardRow(1, "b", 1, 6)]));
        Assert.False(_known.Take([new ShardRow(1, "c", 1, 6), new ShardRow(0, "c", 1, 4)]));
        _known.See(Look("1", new ShardRow(0, "b", 2, 7), new ShardRow(1, "a", 1, 5)));

        Assert.Equal([new ShardRow(0, "b", 2, 7), new ShardRow(1, "b", 1, 6)], _known.Rows);
    }

    [Fact]
    public void A_restored_database_is_believed_although_it_knows_less()
    {
        _known.See(Look("1", new ShardRow(0, "a", 1, 5)));

        _known.See(Look("2", new ShardRow(0, "b", 1, 3)));

        Assert.Equal([new ShardRow(0, "b", 1, 3)], _known.Rows);
    }

    [Fact]
    public void What_is_told_before_the_first_look_or_of_shards_that_are_not_there_is_no_news()
    {
        Assert.False(_known.Take([new ShardRow(0, "a", 1, 5)]));
        _known.See(Look("1", new ShardRow(0, "a", 1, 5)));
        Assert.False(_known.Take([new ShardRow(1, "a", 1, 9), new ShardRow(-1, "a", 1, 9)]));
    }

    private static ClusterLook Look(string life, params ShardRow[] rows) => new(1, life, [], rows);
}
