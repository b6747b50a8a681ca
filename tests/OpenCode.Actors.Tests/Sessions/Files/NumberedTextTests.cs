using OpenCode.Actors.Sessions.Files;

namespace OpenCode.Actors.Tests.Sessions.Files;

public sealed class NumberedTextTests
{
    [Theory]
    [InlineData("a\nb\n", 1, 9, "1: a\n2: b\n", "Lines 1 to 2, the end of the file")]
    [InlineData("a\nb", 1, 9, "1: a\n2: b\n", "Lines 1 to 2, the end of the file")]
    [InlineData("a\r\nb\r\n", 1, 9, "1: a\n2: b\n", "Lines 1 to 2, the end of the file")]
    [InlineData("a\n\nb\n", 2, 1, "2: \n", "Lines 2 to 2. The file goes on at line 3")]
    [InlineData("a\nb\nc\n", 2, 2, "2: b\n3: c\n", "Lines 2 to 3, the end of the file")]
    [InlineData("a\nb\nc\n", 4, 2, "", "The file has 3 lines: there is no line 4")]
    [InlineData("", 1, 9, "", "The file is empty")]
    [InlineData("\n", 1, 9, "1: \n", "Lines 1 to 1, the end of the file")]
    public void A_window_has_its_lines_and_says_which_they_are(string text, int first, int count, string lines, string note)
    {
        var read = Read(text, first, count);

        Assert.Equal(lines, read.Lines);
        Assert.Equal(note, read.Note);
    }

    [Fact]
    public void A_long_line_is_cut_and_never_within_a_character()
    {
        var read = Read(new string('x', NumberedText.LongestLine - 1) + "\U0001F600 and more\nnext\n", 1, 9);

        Assert.Equal($"1: {new string('x', NumberedText.LongestLine - 1)}…\n2: next\n", read.Lines);
        Assert.Contains("are cut", read.Note, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\r\n", "")]
    [InlineData("\n", "")]
    [InlineData("\rx\n", "…")]
    [InlineData("x\r\n", "…")]
    public void A_line_of_just_the_most_is_whole(string rest, string mark) =>
        Assert.Equal($"1: {new string('x', NumberedText.LongestLine)}{mark}\n", Read(new string('x', NumberedText.LongestLine) + rest, 1, 9).Lines);

    [Fact]
    public void No_more_is_read_than_a_model_should_get()
    {
        var text = new Endless();

        var read = NumberedText.Read(text, 1, int.MaxValue, CancellationToken.None);

        Assert.True(read.HasMore);
        Assert.True(read.Lines.Length < NumberedText.MostCharacters * 2);
        Assert.True(text.Given < 4 * NumberedText.MostCharacters);
    }

    private static NumberedText Read(string text, int first, int count) => NumberedText.Read(new StringReader(text), first, count, CancellationToken.None);

    private sealed class Endless : TextReader
    {
        public long Given { get; private set; }

        public override int Read(char[] buffer, int index, int count)
        {
            for (var i = 0; i < count; i++)
                buffer[index + i] = i % 50 == 49 ? '\n' : 'y';
            Given += count;
            return count;
        }
    }
}
