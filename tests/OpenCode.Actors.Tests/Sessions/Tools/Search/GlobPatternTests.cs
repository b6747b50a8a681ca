using OpenCode.Actors.Sessions.Tools;
using OpenCode.Actors.Sessions.Tools.Search;

namespace OpenCode.Actors.Tests.Sessions.Tools.Search;

public sealed class GlobPatternTests
{
    [Theory]
    [InlineData("*.ts", "a.ts", true)]
    [InlineData("*.ts", "sub/deep/a.ts", true)] // names, in any folder
    [InlineData("/*.ts", "sub/a.ts", false)]
    [InlineData("src/*.ts", "src/a.ts", true)]
    [InlineData("src/*.ts", "src/x/a.ts", false)]
    [InlineData("src/*.ts", "other/src/a.ts", false)]
    [InlineData("**/*.ts", "a.ts", true)]
    [InlineData("**/*.{ts,tsx}", "x/y/a.tsx", true)]
    [InlineData("**/*.{ts,tsx}", "x/y/a.ts", true)]
    [InlineData("**/*.{ts,tsx}", "x/y/a.js", false)]
    [InlineData("{src,test/**}/*.{c,{h,hpp}}", "test/a/b/x.hpp", true)]
    [InlineData("src/**", "src/a/b", true)]
    [InlineData("src/**/b", "src/b", true)]
    [InlineData("a?c", "abc", true)]
    [InlineData("a?c", "a/c", false)]
    [InlineData("[a-c]x", "bx", true)]
    [InlineData("[!a-c]x", "bx", false)]
    [InlineData("[!a-c]x", "/x", false)]
    [InlineData("a+(b).c", "a+(b).c", true)]
    [InlineData("a.c", "abc", false)]
    [InlineData("\\*.c", "*.c", true)]
    [InlineData("\\*.c", "a.c", false)]
    [InlineData("a,b", "a,b", true)]
    [InlineData("x}", "x}", true)]
    [InlineData("x[", "x[", true)]
    public void A_pattern_fits_paths(string pattern, string path, bool fits) => Assert.Equal(fits, new GlobPattern(pattern).IsMatch(path));

    [Theory]
    [InlineData("{a,b")]
    [InlineData("[z-a]")]
    public void A_pattern_that_cannot_be_read_is_refused(string pattern) => Assert.Throws<ToolRefusedException>(() => new GlobPattern(pattern));
}
