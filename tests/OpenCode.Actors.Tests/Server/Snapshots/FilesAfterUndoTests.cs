using OpenCode.Actors.Server.Snapshots;

namespace OpenCode.Actors.Tests.Server.Snapshots;

public sealed class FilesAfterUndoTests
{
    private static readonly TreeEntry _one = new("100644", "1111");
    private static readonly TreeEntry _two = new("100755", "2222");

    [Fact]
    public void What_git_writes_is_read_with_names_of_any_kind()
    {
        var changes = TreeChange.Read(":100644 100755 1111 2222 M\0a b.txt\0:000000 100644 0000 1111 A\0new\nline\0:120000 000000 2222 0000 D\0link\0");

        Assert.Equal(["a b.txt", "new\nline", "link"], changes.Select(change => change.Path));
        Assert.Equal((_one, _two), (changes[0].Old, changes[0].New));
        Assert.Null(changes[1].Old);
        Assert.Null(changes[2].New);
        Assert.False(changes[2].Old!.IsFile);
        Assert.True(_two.IsExecutable);
        Assert.Empty(TreeChange.Read(""));
    }

    [Fact]
    public void A_file_is_to_be_what_it_was_before_the_first_step_that_changed_it()
    {
        var wanted = new FilesAfterUndo();
        wanted.Undo([new TreeChange("a", _one, _two), new TreeChange("new", null, _one)]);
        wanted.Undo([new TreeChange("a", _two, null), new TreeChange("b", _two, _one)]);

        Assert.Equal([("a", _one), ("b", _two), ("new", null)], wanted.All.Select(file => (file.Key, file.Value)));
    }

    [Fact]
    public void What_was_undone_before_and_is_not_any_more_comes_back_and_nothing_else()
    {
        var wanted = new FilesAfterUndo();
        wanted.Undo([new TreeChange("both", _one, _two)]);
        wanted.WasUndone([new TreeChange("both", _one, _two), new TreeChange("before", _one, _two), new TreeChange("same", _one, _two)]);
        wanted.BringBack([new TreeChange("both", _two, _one), new TreeChange("before", _two, _one), new TreeChange("users", _two, _one)]);

        Assert.Equal([("before", _two), ("both", _one)], wanted.All.Select(file => (file.Key, file.Value)));
        Assert.True(wanted.IsAbout("same"));
        Assert.False(wanted.IsAbout("users"));
    }
}
