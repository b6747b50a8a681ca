using OpenCode.Actors.Sessions.Tools.Outputs;

namespace OpenCode.Actors.Tests.Sessions.Tools.Outputs;

public sealed class TailTextTests
{
    [Theory]
    [InlineData("abcd", "abcd", false)]
    [InlineData("abcde", "bcde", true)]
    [InlineData("a😀bcd", "bcd", true)] // not half of one
    [InlineData("1\n2\n", "1\n2\n", false)]
    [InlineData("1\n2\n3", "2\n3", true)]
    [InlineData("1\n2\n3\n", "2\n3\n", true)]
    [InlineData("\n\n\n\n", "\n\n", true)]
    [InlineData("", "", false)]
    public void The_end_is_kept(string text, string kept, bool isCut)
    {
        foreach (var size in new[] { 1, 2, 100 })
        {
            var tail = new TailText(4, 2);
            foreach (var piece in text.Chunk(size))
                tail.Append(piece);

            Assert.Equal((kept, isCut), (tail.Take(), tail.IsCut));
        }
    }

    [Fact]
    public void A_flood_leaves_no_garbage()
    {
        var line = new string('x', 99) + '\n';
        var tail = new TailText(1_000, 20);
        Flood(); // The buffer grows to its size.

        var before = GC.GetAllocatedBytesForCurrentThread();
        Flood();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocated);
        Assert.Equal((string.Concat(Enumerable.Repeat(line, 10)), true), (tail.Take(), tail.IsCut));

        void Flood()
        {
            for (var i = 0; i < 1_000; i++)
                tail.Append(line);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100_000)]
    public void The_end_of_a_long_text_is_kept_whatever_the_pieces(int size)
    {
        var text = string.Concat(Enumerable.Range(0, 10_000).Select(static i => $"{i}\n"));
        var tail = new TailText(1_000, 20);

        foreach (var piece in text.Chunk(size))
            tail.Append(piece);

        Assert.Equal((string.Concat(Enumerable.Range(9_980, 20).Select(static i => $"{i}\n")), true), (tail.Take(), tail.IsCut));
    }
}
