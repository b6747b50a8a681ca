using OpenCode.Actors.Streams.Frames;

namespace OpenCode.Actors.Tests.Streams;

public sealed class FrameSlabsTests
{
    private const int RingBytes = 16_000; // Slabs of 1,000 bytes; from 251 on an entry has one of its own.

    private readonly FrameSlabs _slabs = new(RingBytes);

    [Fact]
    public void Frames_of_many_entries_are_side_by_side_in_one_array()
    {
        var places = Enumerable.Range(0, 5).Select(_ => Keep(200)).ToList();

        Assert.Single(places.Select(p => p.Slab).Distinct());
        Assert.Equal([0, 200, 400, 600, 800], places.Select(p => p.Start));
        Assert.NotSame(places[0].Slab, Keep(200).Slab);
    }

    [Fact]
    public void A_slab_is_charged_whole_until_the_last_of_its_entries_has_left()
    {
        var first = Keep(200).Slab;
        var second = Keep(200).Slab;
        Assert.Equal(1_000, _slabs.Bytes);

        _slabs.Release(first);
        Assert.Equal(1_000, _slabs.Bytes);

        _slabs.Release(second);
        Assert.Equal(0, _slabs.Bytes);
    }

    [Fact]
    public void Where_frames_were_nothing_is_written_again_since_they_may_still_be_sent()
    {
        var (slab, _) = Keep(200);
        _slabs.Release(slab);

        Assert.NotSame(slab, Keep(200).Slab);
    }

    [Fact]
    public void A_large_entry_has_a_slab_of_its_own_size_and_the_open_one_stays_open()
    {
        var before = Keep(100);
        var large = Keep(5_000);
        var behind = Keep(100);

        Assert.Equal(5_000, large.Slab.Bytes.Length);
        Assert.Same(before.Slab, behind.Slab);
        Assert.Equal(6_000, _slabs.Bytes);
    }

    [Fact]
    public void The_slabs_of_a_ring_of_the_default_size_are_no_business_of_a_young_collection()
    {
        var slab = new FrameSlabs(64 << 20).Hold(500);

        Assert.Equal(GC.MaxGeneration, GC.GetGeneration(slab.Bytes));
    }

    private (FrameSlab Slab, int Start) Keep(int bytes)
    {
        var slab = _slabs.Hold(bytes);
        return (slab, slab.Take(bytes));
    }
}
