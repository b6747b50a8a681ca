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
}
