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
        wanted.WasUndone([new TreeChange("both", _one, _two), new TreeChange("before", _one, _two), new TreeChange("same", _one, _two), new TreeChange("made", null, _one)]);
        Assert.Equal(["before", "both", "made", "same"], wanted.Paths.Order(StringComparer.Ordinal));
        wanted.BringBack([("both", _one), ("before", _two), ("same", _one)]);

        Assert.Equal([("before", _two), ("both", _one), ("made", null), ("same", _one)], wanted.All.Select(file => (file.Key, file.Value)));
    }

    [Fact]
    public void A_file_is_known_as_it_was_before_anything_was_undone_and_as_an_undo_leaves_it()
    {
        TreeEntry three = new("100644", "3333"), users = new("100644", "4444");
        var wanted = new FilesAfterUndo();
        wanted.Undo([new TreeChange("a", _one, _two), new TreeChange("made", null, _one), new TreeChange("unmade", _one, null)]);
        wanted.WasUndone([new TreeChange("a", _two, three)]);
        wanted.BringBack([("a", three), ("made", _one)]);

        Assert.True(wanted.Knows("a", _one) && wanted.Knows("a", _two) && wanted.Knows("a", three) && wanted.Knows("a", three with { Mode = "100755" }));
        Assert.False(wanted.Knows("a", users) || wanted.Knows("a", null));
        Assert.True(wanted.Knows("made", _one) && wanted.Knows("made", null) && wanted.Knows("unmade", _one) && wanted.Knows("unmade", null));
        Assert.False(wanted.Knows("made", users) || wanted.Knows("unmade", users));
    }

    [Fact]
    public void A_file_that_something_else_changed_between_the_steps_or_after_them_is_named()
    {
        TreeEntry users = new("100644", "4444");
        var wanted = new FilesAfterUndo();
        wanted.Undo([new TreeChange("a", _one, _two), new TreeChange("b", _one, users), new TreeChange("c", null, _one), new TreeChange("d", _one, _two), new TreeChange("e", _one, _two), new TreeChange("gone", _one, _two), new TreeChange("between", _one, _two)]);
        wanted.Undo([new TreeChange("b", users, _two), new TreeChange("between", users, _two)]);
        wanted.WasUndone([new TreeChange("d", _one, _two)]);
        wanted.BringBack([("a", users), ("b", _two), ("c", users), ("d", users), ("e", _one), ("between", _two)]);

        Assert.Equal(["a", "between", "c", "gone"], wanted.ChangedByOthers);
    }

    [Fact]
    public void A_content_has_the_name_that_git_gives_it()
    {
        Assert.Equal(new TreeEntry("100644", "ce013625030ba8dba906f756967f9e9ca394464a"), TreeEntry.OfFile("hello\n"u8.ToArray(), isExecutable: false, digits: 40));
        Assert.Equal(new TreeEntry("100755", "2cf8d83d9ee29543b34a87727421fdecb7e3f3a183d337639025de576db9ebb4"), TreeEntry.OfFile("hello\n"u8.ToArray(), isExecutable: true, digits: 64));
        Assert.Equal([("a b", new TreeEntry("120000", "11")), ("c\nd", new TreeEntry("100755", "22"))], TreeEntry.Read("120000 blob 11\ta b\0040000 tree 33\tfolder\0100755 blob 22\tc\nd\0"));
    }
}
