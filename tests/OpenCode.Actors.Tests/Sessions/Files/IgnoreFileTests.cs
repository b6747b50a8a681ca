using OpenCode.Actors.Sessions.Files;
using OpenCode.Actors.Tests.TestKit.Doors;

namespace OpenCode.Actors.Tests.Sessions.Files;

/// <summary>What a <c>.gitignore</c> leaves out, and what one that is made to hurt costs.</summary>
public sealed class IgnoreFileTests
{
    [Theory]
    [InlineData("*.log", "a.log", true)]
    [InlineData("*.log", "x/y/a.log", true)]
    [InlineData("*.log", "a.logs", false)]
    [InlineData("/out", "out", true)]
    [InlineData("/out", "x/out", false)]
    [InlineData("a/b", "a/b", true)]
    [InlineData("a/b", "x/a/b", false)]
    [InlineData("**/b", "x/a/b", true)]
    [InlineData("a/**", "a/x/y", true)]
    [InlineData("a/**/b", "a/b", true)]
    [InlineData("a/**/b", "a/x/y/b", true)]
    [InlineData("build/", "build", false)]
    [InlineData("build/", "build/", true)]
    [InlineData("build/", "x/build/", true)]
    [InlineData("*.log\n!keep.log", "keep.log", false)]
    [InlineData("!keep.log\n*.log", "keep.log", true)]
    [InlineData("# a", "# a", false)]
    [InlineData(@"\#a", "#a", true)]
    [InlineData(@"\!a", "!a", true)]
    [InlineData("a  ", "a", true)]
    [InlineData(@"a\ ", "a ", true)]
    [InlineData("a\r\nb", "a", true)]
    [InlineData("{a,b}", "a", false)]
    [InlineData("{a,b}", "{a,b}", true)]
    [InlineData("[ab].c", "b.c", true)]
    [InlineData("[!ab].c", "b.c", false)]
    [InlineData("[z-a]", "z", false)]
    [InlineData("?", "a", true)]
    [InlineData("?", "/", false)]
    [InlineData("a?b", "a/b", false)]
    [InlineData("/", "a", false)]
    [InlineData("", "a", false)]
    [InlineData("\uFEFFa", "a", true)]
    [InlineData("a**b", "axxb", true)]
    [InlineData("a**b", "x/axb", true)]
    [InlineData("a/x**y/b", "a/x1y/b", true)]
    [InlineData("a/x**y/b", "a/x1/1y/b", false)]
    [InlineData("[]a].c", "].c", true)]
    [InlineData("[^a-c]*", "b", false)]
    [InlineData("[^a-c]*", "d", true)]
    [InlineData("[a", "[a", true)]
    [InlineData("**", "a/b", true)]
    [InlineData("**/a/**", "a", false)]
    [InlineData("**/a/**/c", "x/a/y/a/c", true)]
    public void A_line_is_read_as_git_reads_it(string text, string path, bool isLeftOut) =>
        Assert.Equal(isLeftOut, Of(text).Holds(path.TrimEnd('/'), path.EndsWith('/')));

    [Fact]
    public async Task A_pattern_that_explodes_costs_no_more_than_others()
    {
        var file = Of($"{string.Concat(Enumerable.Repeat("*a", 25))}*b\n{string.Concat(Enumerable.Repeat("**/a", 25))}/**/b");

        var held = await OtherThreads.EndAsync(Task.Run(() => file.Holds(string.Concat(Enumerable.Repeat("a/", 100)) + new string('a', 200), isFolder: false)));

        Assert.False(held);
    }

    [Fact]
    public void Patterns_fit_what_their_regular_expressions_fit()
    {
        var dice = new Random(5);
        string[] signs = ["a", "b", "*", "?", "[ab]", "[!a]", "/", "/", "/**/"], letters = ["a", "b", "c", "/"];
        for (var i = 0; i < 300; i++)
        {
            // Within a name git takes "**" for "*", the expression does not.
            var text = string.Concat(Draw(signs, 8)).Trim('/');
            if (text.Length == 0 || text.Split('/').Any(static name => name.Length == 0 || (name != "**" && name.Contains("**", StringComparison.Ordinal))))
                continue;

            var expression = PathPattern.Compile(text, isAnchored: true, hasBraces: false);
            for (var j = 0; j < 30; j++)
            {
                var path = string.Join('/', string.Concat(Draw(letters, 8)).Split('/', StringSplitOptions.RemoveEmptyEntries));
                if (path.Length > 0)
                    Assert.Equal((text, path, expression.IsMatch(path)), (text, path, new IgnorePattern(text).Fits(path)));
            }
        }

        IEnumerable<string> Draw(string[] from, int most) => Enumerable.Range(0, dice.Next(1, most)).Select(_ => from[dice.Next(from.Length)]);
    }

    [Fact]
    public void Thousands_of_patterns_take_little_memory()
    {
        var text = string.Join('\n', Enumerable.Range(0, 5_000).Select(static number => $"*.ext{number}"));
        var before = GC.GetAllocatedBytesForCurrentThread();

        var file = Of(text);

        Assert.True(file.Holds("x/a.ext4999", isFolder: false));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 << 20);
    }

    [Fact]
    public void A_line_and_a_file_that_are_too_long_are_not_read()
    {
        var file = Of($"{new string('*', 2_000)}\nfirst\n{string.Concat(Enumerable.Repeat("#\n", 1 << 20))}last\n");

        Assert.True(file.Holds("first", isFolder: false));
        Assert.False(file.Holds("last", isFolder: false));
    }

    [Fact]
    public void No_more_is_read_than_the_bound_however_large_the_file_says_it_is()
    {
        var endless = new EndlessFile();

        Assert.False(IgnoreFile.Read(endless, "/p").Holds("a", isFolder: false));
        Assert.InRange(endless.Read, 1, 1 << 20);
    }

    [Fact]
    public void One_that_cannot_be_read_leaves_out_nothing() =>
        Assert.False(IgnoreFile.Read(new MemoryFiles().AddLocked("/p/.gitignore"), "/p").Holds("a", isFolder: false));

    private static IgnoreFile Of(string text) => IgnoreFile.Read(new MemoryFiles().Add("/p/.gitignore", text), "/p");

    /// <summary>One file of 8 TB without a line end, as <c>truncate -s 8T</c> makes it.</summary>
    private sealed class EndlessFile : IFileTree
    {
        public long Read { get; private set; }

        public EntryKind Look(string path) => EntryKind.File;

        public Stream Open(string path) => new Zeros(this);

        public IEnumerable<FolderEntry> List(string path) => [];

        private sealed class Zeros(EndlessFile file) : MemoryStream
        {
            public override long Length => 8L << 40;

            public override int Read(Span<byte> buffer)
            {
                file.Read += buffer.Length;
                return buffer.Length;
            }
        }
    }
}
