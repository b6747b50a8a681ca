using OpenCode.Actors.Sessions.Instructions;
using OpenCode.Actors.Tests.Sessions.Files;

namespace OpenCode.Actors.Tests.Sessions.Instructions;

public sealed class ProjectTreeTests
{
    private readonly MemoryFiles _files = new();

    [Fact]
    public void Folders_come_before_files_and_what_git_ignores_is_left_out()
    {
        _files
            .Add("/p/.git/config")
            .Add("/p/.gitignore", "# made\n*.log\n/out\n!keep.log\nbuild/\n")
            .Add("/p/a.txt")
            .Add("/p/a.log")
            .Add("/p/keep.log")
            .Add("/p/out/x")
            .Add("/p/src/out/y")
            .Add("/p/src/build/z")
            .Add("/p/src/lib/.gitignore", "*.o")
            .Add("/p/src/lib/b.o")
            .Add("/p/src/lib/b.c")
            .Add("/p/src/m.o")
            .Add("/p/node_modules/n/i.js");

        Assert.Equal(
            """
            src/
              lib/
                .gitignore
                b.c
              out/
                y
              m.o
            .gitignore
            a.txt
            keep.log

            """,
            Draw(depth: 3));
    }

    [Fact]
    public void What_lies_deep_is_not_drawn()
    {
        _files.Add("/p/a/b/c/d.txt");

        Assert.Equal("a/\n  b/\n", Draw(depth: 2));
    }

    [Fact]
    public void A_large_project_is_drawn_from_above_and_says_what_is_missing()
    {
        for (var folder = 0; folder < 30; folder++)
        {
            for (var file = 0; file < 100; file++)
                _files.Add($"/p/f{folder:d2}/{file:d3}.c");
        }

        var lines = Draw(depth: 3).Split('\n');

        Assert.Equal(30, lines.Count(line => line.EndsWith('/')));
        Assert.InRange(lines.Length, 100, 200);
        Assert.Contains("  … 60 more", lines);
    }

    private string Draw(int depth) => new ProjectTree(_files, CancellationToken.None).Draw("/p", depth);
}
