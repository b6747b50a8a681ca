using System.Text;
using OpenCode.Actors.Sessions.Tools;
using OpenCode.Actors.Sessions.Tools.Changes;
using OpenCode.Actors.Sessions.Tools.Edit;

namespace OpenCode.Actors.Tests.Sessions.Tools.Edit;

public sealed class ReplacementTests
{
    [Theory]
    [InlineData("one\ntwo\nthree\n", "two", "2", "one\n2\nthree\n")] // exact
    [InlineData("a\n  b  \nc\n", "a\nb\nc\n", "x\n", "x\n")] // blanks around lines
    [InlineData("if x:\n    foo(1)\n    bar\n", "foo(1)\nbar\n", "foo(2)\n  baz\n", "if x:\n    foo(2)\n      baz\n")] // deeper in the file: so is what is new
    [InlineData("foo\nbar\n", "    foo\n    bar", "    baz\n      qux", "baz\n  qux\n")] // deeper in the call
    [InlineData("f( a,\n   b )\n", "f( a, b )", "f(c)", "f(c)\n")] // words, whatever stands between
    [InlineData("a  =  1\n", "  a = 1", "  a = 2", "a = 2\n")] // blanks of the call are not put into the line
    [InlineData("x\r\ny\r\nz\r\n", "x\ny\n", "1\n2\n3\n", "1\r\n2\r\n3\r\nz\r\n")] // line ends of the file
    [InlineData("a\r\nb\n", "b", "c", "a\r\nc\n")] // and no others are touched
    [InlineData("a\nb\r\nc\n", "c", "1\n2", "a\nb\r\n1\n2\n")] // most of them
    [InlineData("a\fb\u2028c\u2029d\u0085e\vf\rg\n", "b\u2028c", "\f\u2028\u2029\u0085\v\r!", "a\f\f\u2028\u2029\u0085\v\r!\u2029d\u0085e\vf\rg\n")] // signs that end lines for some
    [InlineData("last", "last", "new", "new")]
    public void A_piece_is_found_as_people_would_find_it(string text, string old, string now, string expected) =>
        Assert.Equal(expected, new Replacement(old, now, IsAll: false).Apply("/f", Of(text)));

    [Theory]
    [InlineData("a\nb\na\n", "a", "2 times (lines 1, 3)")]
    [InlineData("  a x\n    a x\n", " a x ", "2 times (lines 1, 2)")]
    [InlineData("a\n", "b", "not in the file")]
    [InlineData("a\n", "\n\n\n", "not in the file")]
    [InlineData("a\n", "", "is empty")]
    public void What_is_not_clear_is_refused_in_words(string text, string old, string says) =>
        Assert.Contains(says, Assert.Throws<ToolRefusedException>(() => new Replacement(old, "new", IsAll: false).Apply("/f", Of(text))).Message, StringComparison.Ordinal);

    [Fact]
    public void Every_place_is_replaced_when_asked()
    {
        Assert.Equal("2-2-2", new Replacement("a", "2", IsAll: true).Apply("/f", Of("a-a-a")));
        Assert.Equal(new string('b', 1_000_000), new Replacement("a", "b", IsAll: true).Apply("/f", Of(new string('a', 1_000_000)))); // In linear time.
        Assert.Equal("aa", new Replacement("a", "aa", IsAll: true).Apply("/f", Of("a"))); // What was put in is not looked through again.
    }

    [Fact]
    public void A_new_file_is_made_by_an_empty_text_only()
    {
        Assert.Equal("hi", new Replacement("", "hi", IsAll: false).Apply("/f", null));
        Assert.Contains("no file", Assert.Throws<ToolRefusedException>(() => new Replacement("x", "hi", IsAll: false).Apply("/f", null)).Message, StringComparison.Ordinal);
        Assert.Contains("same", Assert.Throws<ToolRefusedException>(() => new Replacement("x", "x", IsAll: false).Apply("/f", Of("x"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ordinary. text (with) [all] *of* +them+ $1 ^ \\d")]
    [InlineData("# comment | other { }")]
    public void Signs_of_expressions_are_only_signs(string line) =>
        Assert.Equal("new\n", new Replacement(line.Replace(" ", "  ", StringComparison.Ordinal), "new", IsAll: false).Apply("/f", Of(line + "\n")));

    private static FileText Of(string text) => FileText.Of("/f", Encoding.UTF8.GetBytes(text));
}
