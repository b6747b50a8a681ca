using OpenCode.Actors.Clustering.Shards;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Clustering.Shards;

public sealed class ShardOfTests
{
    [Theory]
    [InlineData("ses_0000000000000000000000000a", 41)]
    [InlineData("ses_0000000000000000000000000b", 0)]
    [InlineData("ses_6fbb4a2c1ffeAbCdEfGhIjKlMn", 43)]
    public void A_session_is_in_the_same_shard_for_ever(string session, int shard) => Assert.Equal(shard, ShardOf.Session(new SessionId(session)));

    [Fact]
    public void Sessions_are_spread_evenly()
    {
        var ids = new IdFactory(new VirtualTime(), new SeededEntropy(1).Fill);
        var counts = new int[ShardOf.Count];

        for (var i = 0; i < 64_000; i++)
            counts[ShardOf.Session(ids.NewSession())]++;

        Assert.All(counts, count => Assert.InRange(count, 850, 1_150));
    }

    [Fact]
    public void A_child_is_in_the_shard_of_its_parent()
    {
        var ids = new IdFactory(new VirtualTime(), new SeededEntropy(1).Fill);
        var parent = ids.NewSession();

        for (var i = 0; i < 10; i++)
            Assert.Equal(ShardOf.Session(parent), ShardOf.Session(ShardOf.NewSession(ids, parent)));
    }
}
