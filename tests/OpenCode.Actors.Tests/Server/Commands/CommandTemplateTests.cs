using OpenCode.Actors.Server.Commands;

namespace OpenCode.Actors.Tests.Server.Commands;

public sealed class CommandTemplateTests
{
    [Theory]
    [InlineData("say $ARGUMENTS twice", "a 'b c'", "say a 'b c' twice")]
    [InlineData("$1 then $2", "a 'b c'", "a then b c")]
    [InlineData("$1 then $2", "a b c d", "a then b c d")]
    [InlineData("$2 of $1", "a", " of a")]
    [InlineData("$1", "\"x y\" z", "x y z")]
    [InlineData("no place", "a b", "no place\n\na b")]
    [InlineData("no place", "  ", "no place")]
    [InlineData("$1 and $ARGUMENTS", "$2 $ARGUMENTS", "$2 $ARGUMENTS and $2 $ARGUMENTS")]
    [InlineData("$0|$99999999999", "a", "|99")]
    public void Places_are_filled_once(string template, string arguments, string filled) =>
        Assert.Equal([new TemplatePiece(filled, IsLine: false)], CommandTemplate.Fill(template, arguments));

    [Fact]
    public void Shell_lines_are_those_of_the_template_and_not_those_of_the_arguments() => Assert.Equal(
        [new("Log: ", IsLine: false), new("git log -n 2", IsLine: true), new("\nDo !`rm x`", IsLine: false)],
        CommandTemplate.Fill("Log: !`git log -n $1`\nDo $2", "2 '!`rm x`'"));
}
