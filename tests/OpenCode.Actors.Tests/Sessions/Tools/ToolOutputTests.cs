using System.Text;
using OpenCode.Actors.Sessions.Tools;

namespace OpenCode.Actors.Tests.Sessions.Tools;

public sealed class ToolOutputTests
{
    [Fact]
    public void Characters_split_over_chunks_stay_whole_wherever_the_cut_falls()
    {
        const string text = "aé€😀\u0000\u001b[31mred\r\n";
        var bytes = Encoding.UTF8.GetBytes(text);

        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            var output = new ToolOutput(1_000);
            output.Append(bytes.AsSpan(0, cut));
            output.Append(bytes.AsSpan(cut));
            output.Complete();
            Assert.Equal(text, output.Text);
            Assert.False(output.Truncated);
        }
    }

    [Fact]
    public void Bytes_that_are_no_text_are_replaced_also_an_unfinished_end()
    {
        var output = new ToolOutput(1_000);

        output.Append([(byte)'a', 0xFF, (byte)'b', 0xE2, 0x82]);
        Assert.Equal("a\uFFFDb", output.Text);

        Assert.True(output.Complete());
        Assert.Equal("a\uFFFDb\uFFFD", output.Text);
    }

    [Fact]
    public void Exactly_the_limit_is_not_cut()
    {
        var output = new ToolOutput(3_000);

        output.Append(Encoding.UTF8.GetBytes(new string('x', 3_000)));

        Assert.False(output.Truncated);
        Assert.Equal(3_000, output.Text.Length);
    }

    [Fact]
    public void More_than_the_limit_is_cut_with_a_mark_and_never_inside_a_character()
    {
        var output = new ToolOutput(4);

        Assert.True(output.Append(Encoding.UTF8.GetBytes("abc😀d")));

        Assert.True(output.Truncated);
        Assert.StartsWith("abc\n\n[Output cut:", output.Text, StringComparison.Ordinal);
        Assert.False(output.Append("e"u8));
    }
}
