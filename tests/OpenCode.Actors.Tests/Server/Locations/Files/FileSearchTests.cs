using OpenCode.Actors.Server.Locations.Files;

namespace OpenCode.Actors.Tests.Server.Locations.Files;

public sealed class FileSearchTests
{
    private static readonly string[] _files = ["README.md", "src/a.txt", "src/Banner/a.txt.bak", "src/server/app.cs", "docs/readme/more.md"];

    [Theory]
    [InlineData("readme.md", "README.md")]
    [InlineData("a.txt", "src/a.txt")]
    [InlineData("SAPP", "src/server/app.cs")]
    [InlineData("docs/re", "docs/readme/")]
    public void The_best_match_comes_first(string query, string best) =>
        Assert.Equal(best, FileSearch.Find(_files, query, withFiles: true, withFolders: true, most: 10)[0]);

    [Fact]
    public void What_lacks_a_character_is_not_found() => Assert.Empty(FileSearch.Find(_files, "zzz", withFiles: true, withFolders: true, most: 10));

    [Fact]
    public void Folders_and_files_are_selected_and_counted()
    {
        Assert.Equal(["src/", "docs/"], FileSearch.Find(_files, "", withFiles: false, withFolders: true, most: 2));
        Assert.All(FileSearch.Find(_files, "", withFiles: true, withFolders: false, most: 10), path => Assert.False(path.EndsWith('/')));
    }
}
