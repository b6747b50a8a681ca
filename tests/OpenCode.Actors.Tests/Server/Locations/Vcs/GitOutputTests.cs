using OpenCode.Actors.Server.Locations.Vcs;

namespace OpenCode.Actors.Tests.Server.Locations.Vcs;

public sealed class GitOutputTests
{
    private const string Patches = "diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-x\n+diff --git is a line\ndiff --git a/i.png b/i.png\nBinary files differ\n";

    [Fact]
    public void Three_views_of_a_difference_are_joined_by_file()
    {
        var changes = GitOutput.Changes("M\0a\0A\0i.png\0", "1\t1\ta\0-\t-\ti.png\0", Patches).ToList();

        Assert.Equal([("a", 1, 1, "modified"), ("i.png", 0, 0, "added")], changes.Select(c => (c.File, c.Additions, c.Deletions, c.Status)));
        Assert.Equal(Patches, string.Concat(changes.Select(c => c.Patch)));
        Assert.StartsWith("diff --git a/i.png", changes[1].Patch, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("q\n", 1, "@@ -0,0 +1 @@\n+q\n")]
    [InlineData("a\nb", 2, "@@ -0,0 +1,2 @@\n+a\n+b\n\\ No newline at end of file\n")]
    public void A_file_that_git_does_not_know_is_all_new(string text, int lines, string hunk)
    {
        var change = GitOutput.Untracked("n.txt", text, withPatch: true);

        Assert.Equal(("n.txt", lines, "added"), (change.File, change.Additions, change.Status));
        Assert.EndsWith(hunk, change.Patch, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_text_has_no_lines() => Assert.Equal((0, true), (GitOutput.Untracked("x", null, withPatch: true).Additions, GitOutput.Untracked("x", null, withPatch: true).Patch!.Contains("Binary", StringComparison.Ordinal)));
}
