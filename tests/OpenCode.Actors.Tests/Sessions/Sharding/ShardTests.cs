using OpenCode.Actors.Journaling;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Sharding;

namespace OpenCode.Actors.Tests.Sessions.Sharding;

public sealed class ShardTests
{
    [Theory]
    [InlineData("ses_1", 50)]
    [InlineData("ses_0123456789abABCDEFGHIJKLMN", 43)]
    public void The_shard_of_an_id_is_the_same_on_every_node_and_for_ever(string id, int shard) => Assert.Equal(shard, Shard.Of(new SessionId(id)));

    [Fact]
    public void New_ids_fall_into_all_shards_about_evenly()
    {
        var ids = new IdFactory(TimeProvider.System, bytes => new Random(7).NextBytes(bytes));

        var counts = Enumerable.Range(0, 6_400).Select(_ => Shard.Of(ids.NewSession())).GroupBy(shard => shard).ToDictionary(group => group.Key, group => group.Count());

        Assert.Equal(Shard.Count, counts.Count);
        Assert.All(counts.Values, count => Assert.InRange(count, 40, 180));
    }

    [Fact]
    public void An_id_is_made_until_it_falls_into_an_open_shard_and_that_of_a_child_into_its_parents()
    {
        var random = new Random(7);
        var ids = new IdFactory(TimeProvider.System, random.NextBytes);
        var gate = new ShardGate();
        gate.Open(new Fence(17, 1));
        gate.Open(new Fence(40, 1));

        var parent = gate.NewSession(ids, null);
        var child = gate.NewSession(ids, parent);

        Assert.Contains(Shard.Of(parent), (int[])[17, 40]);
        Assert.Equal(Shard.Of(parent), Shard.Of(child));
    }
}
