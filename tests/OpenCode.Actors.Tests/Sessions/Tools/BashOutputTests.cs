using OpenCode.Actors.Sessions.Tools;
using OpenCode.Actors.Sessions.Tools.Bash;
using OpenCode.Actors.Sessions.Tools.Outputs;

namespace OpenCode.Actors.Tests.Sessions.Tools;

public sealed class BashOutputTests
{
    private readonly BashOutput _output = new(new BashOptions { OutputCharacters = 4, FloodBytes = 10 });

    [Fact]
    public void Text_is_news_until_it_is_taken()
    {
        Assert.False(_output.HasNews);

        _output.Append(OutputPipe.Out, "ab"u8);

        Assert.True(_output.HasNews);
        Assert.Equal("ab", _output.TakeNews());
        Assert.False(_output.HasNews);
        Assert.Equal("ab", _output.Complete());
    }

    [Fact]
    public void Of_a_flood_each_so_many_bytes_ask_for_a_pause()
    {
        Assert.False(_output.Append(OutputPipe.Out, "abc"u8));
        Assert.False(_output.Append(OutputPipe.Out, "defgh"u8));
        Assert.False(_output.Append(OutputPipe.Out, "ijklm"u8));
        Assert.True(_output.Append(OutputPipe.Error, "nopqrstu"u8));
        Assert.False(_output.Append(OutputPipe.Out, "vw"u8));
    }

    [Theory]
    [InlineData("done", 0, null, "done")]
    [InlineData("", 3, null, "[Exit code: 3]")]
    [InlineData("oops", 3, null, "oops\n[Exit code: 3]")]
    [InlineData("oops\n", 3, null, "oops\n[Exit code: 3]")]
    [InlineData("so far", 137, 50, "so far\n[Timed out: ended after 50 ms. Give a longer timeout if it needs one; 600000 ms is the most.]")]
    public void A_model_reads_below_the_text_how_the_command_ended(string text, int exitCode, int? timedOutMs, string expected) =>
        Assert.Equal(expected, _output.ForModel(text, new WholeOutput(new MemoryOutputs(), "x"), exitCode, timedOutMs is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null));
}
