using OpenCode.Actors.Sessions.Tools.Changes;

namespace OpenCode.Actors.Tests.Sessions.Tools.Changes;

public sealed class UnifiedDiffTests
{
    [Theory]
    [InlineData("", "a\nb\n", "@@ -0,0 +1,2 @@\n+a\n+b\n")]
    [InlineData("a\n", "", "@@ -1,1 +0,0 @@\n-a\n")]
    [InlineData("a\n", "a\n", "")]
    [InlineData("1\n2\n3\n4\n5\n", "1\n2\nX\n4\n5\n", "@@ -1,5 +1,5 @@\n 1\n 2\n-3\n+X\n 4\n 5\n")]
    [InlineData("a", "a\n", "@@ -1,1 +1,1 @@\n-a\n\\ No newline at end of file\n+a\n")]
    public void Hunks_are_as_diff_writes_them(string before, string after, string expected) => Assert.Equal(expected, UnifiedDiff.Of(before, after, out _, out _));

    [Fact]
    public void Places_far_apart_are_hunks_of_their_own_and_near_ones_are_one()
    {
        var before = string.Concat(Enumerable.Range(1, 40).Select(static i => $"{i}\n"));
        var after = before.Replace("\n5\n", "\nfive\n", StringComparison.Ordinal).Replace("\n11\n", "\n11\neleven\n", StringComparison.Ordinal).Replace("\n30\n", "\n", StringComparison.Ordinal);

        var diff = UnifiedDiff.Of(before, after, out var additions, out var deletions);

        Assert.Equal((2, 2), (additions, deletions));
        Assert.Equal(["@@ -2,13 +2,14 @@", "@@ -27,7 +28,6 @@"], diff.Split('\n').Where(static line => line.StartsWith("@@", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_lines_that_are_compared_can_be_bounded()
    {
        var same = string.Concat(Enumerable.Range(1, 1_000).Select(static i => $"{i}\n"));

        var diff = UnifiedDiff.Of($"{same}a\nx\nb\n{same}", $"{same}c\nx\nd\n{same}", out var additions, out var deletions, mostLines: 2);

        Assert.Contains("\n-a\n-x\n-b\n+c\n+x\n+d\n", diff, StringComparison.Ordinal);
        Assert.Equal((3, 3), (additions, deletions));
        Assert.Contains("\n-a\n+c\n x\n-b\n+d\n", UnifiedDiff.Of($"{same}a\nx\nb\n{same}", $"{same}c\nx\nd\n{same}", out _, out _, mostLines: 3), StringComparison.Ordinal);
    }

    [Fact]
    public void Large_texts_without_a_common_line_are_one_replacement()
    {
        var before = string.Concat(Enumerable.Range(1, 6_000).Select(static i => $"a{i}\n"));
        var after = string.Concat(Enumerable.Range(1, 6_000).Select(static i => $"b{i}\n"));

        UnifiedDiff.Of(before, after, out var additions, out var deletions);

        Assert.Equal((6_000, 6_000), (additions, deletions));
        Assert.Equal("", FileChange.Of("/f", before, after).Patch);
    }
}
