using OpenCode.Actors.Clustering;
using OpenCode.Actors.Postgres.Membership;

namespace OpenCode.Actors.Tests.Postgres;

public sealed class HintTextTests
{
    [Fact]
    public void A_hint_is_read_as_it_was_written()
    {
        ShardRow[] rows = [new(3, "node-1.b_c", 2, 17), new(63, "n", 1, 1, 99)];

        Assert.Equal("+3:17:2:node-1.b_c 63:1:1:n:99", HintText.Write(rows, isMore: true));
        AssertRead("+3:17:2:node-1.b_c 63:1:1:n:99", isMore: true, rows);
        AssertRead("3:17:2:node-1.b_c 63:1:1:n:99", isMore: false, rows);
        AssertRead(HintText.Write([], isMore: true), isMore: true);
    }

    [Theory]
    [InlineData("")]
    [InlineData("something else")]
    [InlineData("3:x:2:a")]
    [InlineData("3:17:2:")]
    [InlineData("3:17:2:a:b")]
    [InlineData("3:17:2:a:5:6")]
    public void What_is_not_understood_is_a_reason_to_look(string text) => AssertRead(text, isMore: true);

    [Fact]
    public void What_is_too_long_for_a_notification_says_that_there_is_something_to_see()
    {
        var rows = Enumerable.Range(0, 1_000).Select(shard => new ShardRow(shard, "node", 1, 1));

        Assert.Equal("", HintText.Write(rows, isMore: true));
    }

    private static void AssertRead(string text, bool isMore, params ShardRow[] rows)
    {
        var hint = HintText.Read(text);
        Assert.Equal(rows, hint.Shards);
        Assert.Equal(isMore, hint.IsMore);
    }
}
