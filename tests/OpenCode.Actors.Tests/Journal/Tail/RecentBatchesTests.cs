using OpenCode.Actors.Journal.Tail;

namespace OpenCode.Actors.Tests.Journal.Tail;

public sealed class RecentBatchesTests
{
    private const int Page = 1_000;

    [Fact]
    public void Batches_are_found_from_the_one_that_has_the_next_entry_on()
    {
        var recent = Filled(maxBytes: 1_000_000);

        Assert.Equal([1, 4, 7], recent.Find(0, Page)!.Take(3).Select(b => b.First));
        Assert.Equal(4, recent.Find(3, Page)![0].First);
        Assert.Equal(4, recent.Find(5, Page)![0].First);
        Assert.Equal([298], recent.Find(299, Page)!.Select(b => b.First));
    }

    [Fact]
    public void Nothing_is_found_behind_the_last_entry()
    {
        Assert.Null(Filled(maxBytes: 1_000_000).Find(300, Page));
        Assert.Null(new RecentBatches(1_000).Find(0, Page));
    }

    [Fact]
    public void A_page_ends_with_the_batch_that_makes_it_full()
    {
        var page = Filled(maxBytes: 1_000_000).Find(30, 250)!;

        Assert.Equal([31, 34, 37], page.Select(b => b.First));
    }

    [Fact]
    public void Old_batches_go_when_there_are_too_many_bytes()
    {
        var recent = Filled(maxBytes: 8_800);

        Assert.Null(recent.Find(0, Page));
        var kept = Enumerable.Range(0, 300).First(after => recent.Find(after, Page) is not null);
        Assert.InRange(300 - kept, 12, 33);
        Assert.Equal(kept + 1, recent.Find(kept, Page)![0].First);
    }

    [Fact]
    public void A_batch_above_the_bound_leaves_nothing_and_the_next_ones_are_kept()
    {
        var recent = new RecentBatches(1_000);
        recent.Add(Batch(1, 5_000));
        Assert.Null(recent.Find(0, Page));

        recent.Add(Batch(4, 100));

        Assert.Null(recent.Find(2, Page));
        Assert.Equal(4, recent.Find(3, Page)![0].First);
    }

    // A hundred batches of three entries and a hundred bytes.
    private static RecentBatches Filled(long maxBytes)
    {
        var recent = new RecentBatches(maxBytes);
        for (var first = 1; first <= 300; first += 3)
            recent.Add(Batch(first, 100));
        return recent;
    }

    private static RecentBatch Batch(long first, int bytes) => RecentBatch.Of(first, 3, DateTimeOffset.UnixEpoch, new byte[bytes]);
}
