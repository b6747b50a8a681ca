namespace OpenCode.Actors.Tests.TestKit;

public sealed class SeededEntropyTests
{
    [Fact]
    public void Entropy_repeats_with_its_seed_and_fills_its_ranges()
    {
        var one = new SeededEntropy(42);
        var two = new SeededEntropy(42);
        Span<byte> bytes = stackalloc byte[13];
        Span<byte> same = stackalloc byte[13];
        one.Fill(bytes);
        two.Fill(same);
        Assert.True(bytes.SequenceEqual(same));
        Assert.Equal(one.NextUInt64(), two.NextUInt64());

        var drawn = new HashSet<int>();
        for (var i = 0; i < 1_000; i++)
        {
            Assert.InRange(one.NextDouble(), 0, 0.9999999999999999);
            drawn.Add(one.Next(5));
        }

        Assert.Equal([0, 1, 2, 3, 4], drawn.Order());
    }
}
