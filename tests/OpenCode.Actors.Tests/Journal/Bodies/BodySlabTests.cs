using System.Runtime.InteropServices;
using OpenCode.Actors.Journal.Bodies;

namespace OpenCode.Actors.Tests.Journal.Bodies;

public sealed class BodySlabTests
{
    private readonly BodySlab _slab = new();

    [Fact]
    public void Bodies_are_copied_one_behind_the_other_into_an_array_that_no_young_collection_copies()
    {
        var bodies = Enumerable.Range(1, 100).Select(i => Enumerable.Repeat((byte)i, 1_000).ToArray()).ToList();

        var kept = bodies.ConvertAll(b => _slab.Keep(b));

        Assert.Equal(bodies, kept.Select(k => k.ToArray()));
        Assert.Single(kept.Select(Array).Distinct());
        Assert.Equal(GC.MaxGeneration, GC.GetGeneration(Array(kept[0])));
    }

    [Fact]
    public void A_full_array_is_left_as_it_is()
    {
        var first = _slab.Keep(new byte[] { 1 });
        for (var bytes = 0; bytes < 2 * BodySlab.Bytes; bytes += 1_000)
            _slab.Keep(new byte[1_000]);

        Assert.Equal(1, first.Span[0]);
        Assert.NotSame(Array(first), Array(_slab.Keep(new byte[1])));
    }

    [Fact]
    public void A_large_body_is_kept_where_it_is()
    {
        var large = new byte[BodySlab.Bytes];

        Assert.Same(large, Array(_slab.Keep(large)));
    }

    private static byte[] Array(ReadOnlyMemory<byte> bytes) =>
        MemoryMarshal.TryGetArray(bytes, out var segment) ? segment.Array! : throw new InvalidOperationException("Not in an array.");
}
