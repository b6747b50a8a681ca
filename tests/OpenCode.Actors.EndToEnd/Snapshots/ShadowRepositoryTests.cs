using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.Server.Locations.Doors;
using OpenCode.Actors.Server.Snapshots.Doors;
using OpenCode.Actors.Sessions.Snapshots;
using OpenCode.Actors.Sessions.Tools;
using OpenCode.Actors.Sessions.Tools.Paths.Doors;

namespace OpenCode.Actors.EndToEnd.Snapshots;

/// <summary>Snapshots by the real git, of a real worktree: nothing of the user's repository changes, and files come back to the byte.</summary>
public sealed class ShadowRepositoryTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly GitFolder _project;
    private ShadowRepository _shadow;

    public ShadowRepositoryTests()
    {
        var project = _folder.Sub("project");
        foreach (var (name, text) in new[] { ("a.txt", "one\ntwo\n"), ("crlf.txt", "one\r\ntwo\r\n"), ("sub/run.sh", "#!/bin/sh\n"), ("gone ü \n.txt", "x"), (".gitignore", "ignored\n"), (".gitattributes", "* text=auto eol=lf\n*.txt filter=evil ident\n") })
            new GitFolder(project).Write(name, text);
        _project = GitFolder.Init(project);
        _project.Git("config", "core.autocrlf", "true");
        _project.Git("config", "filter.evil.clean", "touch /tmp/never; cat");
        _shadow = Open();
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_file_that_became_too_large_to_keep_stays_as_it_is()
    {
        const int tooLarge = 2 * 1024 * 1024 + 1;
        var from = await _shadow.TakeAsync();
        _project.Write("grows.db", "small");
        var step = await _shadow.EndStepAsync(from, from);
        File.WriteAllBytes(_project.At("grows.db"), new byte[tooLarge]);

        var undone = await _shadow.RestoreAsync(new FilesToRestore(await _shadow.TakeAsync(), [new StepChange(from, step.Snapshot)], []), CancellationToken.None);

        Assert.Contains("too large", undone.Problem, StringComparison.Ordinal);
        Assert.Equal(tooLarge, new FileInfo(_project.At("grows.db")).Length);
    }

    [Fact]
    public async Task What_a_step_changed_is_told_set_back_to_the_byte_and_brought_back()
    {
        var users = State(".git");
        var from = await _shadow.TakeAsync();
        _project.Write("a.txt", "one\nTWO\n");
        _project.Write("crlf.txt", "one\nTWO\n");
        _project.Write("new/deep.txt", "new\n");
        _project.Write("ignored", "i");
        File.WriteAllBytes(_project.At("big.bin"), new byte[2 * 1024 * 1024 + 1]);
        File.Delete(_project.At("gone ü \n.txt"));
        _project.MakeRunnable("sub/run.sh");

        var step = await _shadow.EndStepAsync(from, from);

        string[] changed = ["a.txt", "crlf.txt", "gone ü \n.txt", "new/deep.txt", "sub/run.sh"];
        Assert.Equal(changed.Select(_project.At), step.Files);
        Assert.Equal([("a.txt", 1, 1, "modified"), ("crlf.txt", 2, 2, "modified"), ("gone ü \n.txt", 0, 1, "deleted"), ("new/deep.txt", 1, 0, "added"), ("sub/run.sh", 0, 0, "modified")],
            step.Diffs.Select(diff => (diff.File, diff.Additions, diff.Deletions, diff.Status)));
        Assert.Contains("+TWO", step.Diffs[0].Patch, StringComparison.Ordinal);

        _project.Write("users.txt", "mine");
        var now = await _shadow.TakeAsync();
        var undone = await _shadow.RestoreAsync(new FilesToRestore(now, [new StepChange(from, step.Snapshot)], []), CancellationToken.None);

        Assert.Null(undone.Problem);
        Assert.Contains("-TWO", undone.Diff, StringComparison.Ordinal);
        Assert.DoesNotContain("users.txt", undone.Diff, StringComparison.Ordinal);
        Assert.Equal(("one\ntwo\n", "one\r\ntwo\r\n", "x", "mine"), (_project.Read("a.txt"), _project.Read("crlf.txt"), _project.Read("gone ü \n.txt"), _project.Read("users.txt")));
        Assert.False(File.Exists(_project.At("new/deep.txt")));
        Assert.False(_project.IsRunnable("sub/run.sh"));
        Assert.True(File.Exists(_project.At("big.bin")) && File.Exists(_project.At("ignored")));

        _project.Write("users.txt", "mine too");
        await _shadow.RestoreAsync(new FilesToRestore(now, [], [new StepChange(from, step.Snapshot)]), CancellationToken.None);

        Assert.Equal(("one\nTWO\n", "one\nTWO\n", "new\n", "mine too"), (_project.Read("a.txt"), _project.Read("crlf.txt"), _project.Read("new/deep.txt"), _project.Read("users.txt")));
        Assert.False(File.Exists(_project.At("gone ü \n.txt")));
        Assert.True(_project.IsRunnable("sub/run.sh"));
        Assert.Equal(users, State(".git"));
        Assert.False(File.Exists("/tmp/never"));
    }

    [Theory]
    [InlineData("both")]
    [InlineData("made")]
    [InlineData("unmade")]
    [InlineData("first")]
    [InlineData("second")]
    [InlineData("hidden")]
    public async Task What_a_user_changed_after_an_undo_is_left_by_a_longer_one_a_shorter_one_and_the_way_back(string file)
    {
        foreach (var name in (string[])["both", "unmade", "first", "second", "hidden"])
            _project.Write(name, "old");
        var from = await _shadow.TakeAsync();
        foreach (var name in (string[])["both", "made", "first"])
            _project.Write(name, "one");
        File.Delete(_project.At("unmade"));
        File.Delete(_project.At("hidden"));
        var one = new StepChange(from, (await _shadow.EndStepAsync(from, from)).Snapshot);
        _project.Write("both", "two");
        _project.Write("second", "two");
        var two = new StepChange(one.To!, (await _shadow.EndStepAsync(one.To!, from)).Snapshot);
        Assert.Null((await _shadow.RestoreAsync(new FilesToRestore(two.To!, [two], []), CancellationToken.None)).Problem);

        // The user goes on in one file, and hides another by a .gitignore, so that no snapshot has it.
        _project.Write(".gitignore", "ignored\nhidden\n");
        _project.Write(file, "mine");
        var longer = await _shadow.RestoreAsync(new FilesToRestore(two.To!, [one, two], [two]), CancellationToken.None);
        AssertOnly(file, longer, isTold: true, new() { ["both"] = "old", ["made"] = null, ["unmade"] = "old", ["first"] = "old", ["second"] = "old", ["hidden"] = "old" });

        var shorter = await _shadow.RestoreAsync(new FilesToRestore(two.To!, [two], [one, two]), CancellationToken.None);
        AssertOnly(file, shorter, isTold: true, new() { ["both"] = "one", ["made"] = "one", ["unmade"] = null, ["first"] = "one", ["second"] = "old", ["hidden"] = null });

        var back = await _shadow.RestoreAsync(new FilesToRestore(two.To!, [], [two]), CancellationToken.None);
        AssertOnly(file, back, isTold: file is "both" or "second", new() { ["both"] = "two", ["made"] = "one", ["unmade"] = null, ["first"] = "one", ["second"] = "two", ["hidden"] = null });
    }

    [Fact]
    public async Task What_was_changed_after_the_turn_is_restored_too_named_and_brought_back()
    {
        var from = await _shadow.TakeAsync();
        foreach (var name in (string[])["a.txt", "crlf.txt", "made", "sub/run.sh"])
            _project.Write(name, "changed");
        var step = new StepChange(from, (await _shadow.EndStepAsync(from, from)).Snapshot);
        _project.Write("a.txt", "mine");
        _project.Write("made", "mine");
        _project.Write("sub/run.sh", "#!/bin/sh\n"); // as it was before the step
        _project.Write("users.txt", "mine");
        var now = await _shadow.TakeAsync();

        var undone = await _shadow.RestoreAsync(new FilesToRestore(now, [step], []), CancellationToken.None);
        Assert.Equal("Restored, although something else changed them too: a.txt, made. A redo before the next prompt brings that back.", undone.Problem);
        Assert.Equal("one\ntwo\n", _project.Read("a.txt"));
        Assert.False(File.Exists(_project.At("made")));

        Assert.Null((await _shadow.RestoreAsync(new FilesToRestore(now, [], [step]), CancellationToken.None)).Problem);
        Assert.Equal(("mine", "changed", "mine", "#!/bin/sh\n", "mine"), (_project.Read("a.txt"), _project.Read("crlf.txt"), _project.Read("made"), _project.Read("sub/run.sh"), _project.Read("users.txt")));
    }

    [Fact]
    public async Task A_file_that_git_cannot_take_keeps_no_other_out_of_the_snapshot()
    {
        var from = await _shadow.TakeAsync();
        File.Delete(_project.At("crlf.txt"));
        using (var made = System.Diagnostics.Process.Start("mkfifo", _project.At("crlf.txt")))
            await made.WaitForExitAsync();
        foreach (var name in Enumerable.Range(0, 20))
            _project.Write($"many/{name}", "made");
        _project.Write("a.txt", "changed");

        var step = await _shadow.EndStepAsync(from, from);

        Assert.Equal(21, step.Files.Count);
        Assert.Contains(_project.At("a.txt"), step.Files);
        var undone = await _shadow.RestoreAsync(new FilesToRestore(step.Snapshot, [new StepChange(from, step.Snapshot)], []), CancellationToken.None);
        Assert.Null(undone.Problem);
        Assert.Equal("one\ntwo\n", _project.Read("a.txt"));
    }

    [Fact]
    public async Task An_undo_that_is_ended_after_a_kill_sets_what_it_had_not_set_and_leaves_what_was_changed_meanwhile()
    {
        var from = await _shadow.TakeAsync();
        foreach (var name in (string[])["a.txt", "crlf.txt", "sub/run.sh"])
            _project.Write(name, "changed");
        var step = new StepChange(from, (await _shadow.EndStepAsync(from, from)).Snapshot);
        _project.Write("a.txt", "one\ntwo\n"); // Set before the kill.
        _project.Write("crlf.txt", "mine"); // Written after it.

        var undone = await Open().RestoreAsync(new FilesToRestore(step.To!, [step], []), CancellationToken.None);

        Assert.Equal("Stay as they are: crlf.txt (it was changed after the undo began).", undone.Problem);
        Assert.Equal(("one\ntwo\n", "mine", "#!/bin/sh\n"), (_project.Read("a.txt"), _project.Read("crlf.txt"), _project.Read("sub/run.sh")));
    }

    [Theory]
    [InlineData(".gitignore", "")]
    [InlineData(".gitignore", null)]
    [InlineData("sub/.gitignore", "")]
    [InlineData("sub/deep/.gitignore", "!*")]
    public async Task What_a_step_shows_by_a_change_of_what_is_ignored_was_there_before_and_stays(string rules, string? now)
    {
        _project.Write(rules, "ignored\n/private/\n");
        var folder = Path.GetDirectoryName(rules)!;
        string[] hidden = [Path.Combine(folder, "ignored"), Path.Combine(folder, "private/deep/key"), Path.Combine(folder, "x/ignored"), Path.Combine(folder, ":(top)*[ü\n/ignored")];
        foreach (var name in hidden)
            _project.Write(name, "the user's");
        var from = await _shadow.TakeAsync();

        if (now is null)
            File.Delete(_project.At(rules));
        else
            _project.Write(rules, now);
        _project.Write("made.txt", "made");
        var step = await _shadow.EndStepAsync(from, from);
        _project.Write("made2.txt", "made");
        var second = await _shadow.EndStepAsync(step.Snapshot, from);

        string[] changed = [rules, "made.txt"];
        Assert.Equal(changed.Order(StringComparer.Ordinal), step.Diffs.Select(static diff => diff.File));
        Assert.Equal(changed.Select(_project.At).Order(StringComparer.Ordinal), step.Files);
        Assert.Equal(((string[])[.. changed, "made2.txt"]).Order(StringComparer.Ordinal), second.Diffs.Select(static diff => diff.File));
        var undone = await _shadow.RestoreAsync(new FilesToRestore(second.Snapshot, [new StepChange(from, step.Snapshot), new StepChange(step.Snapshot, second.Snapshot)], []), CancellationToken.None);

        Assert.Null(undone.Problem);
        Assert.All(hidden, name => Assert.Equal("the user's", _project.Read(name)));
        Assert.Equal("ignored\n/private/\n", _project.Read(rules));
        Assert.False(File.Exists(_project.At("made.txt")) || File.Exists(_project.At("made2.txt")));
    }

    [Fact]
    public async Task A_file_that_one_step_shows_and_the_next_changes_comes_back()
    {
        _project.Write("ignored", "the user's");
        var from = await _shadow.TakeAsync();
        _project.Write(".gitignore", "");
        var step = await _shadow.EndStepAsync(from, from);
        _project.Write("ignored", "changed");
        var second = await _shadow.EndStepAsync(step.Snapshot, from);

        await _shadow.RestoreAsync(new FilesToRestore(second.Snapshot, [new StepChange(from, step.Snapshot), new StepChange(step.Snapshot, second.Snapshot)], []), CancellationToken.None);

        Assert.Equal("the user's", _project.Read("ignored"));
    }

    [Fact]
    public async Task A_file_that_became_a_folder_and_a_folder_that_became_a_file_come_back_and_go_again()
    {
        _project.Write("file", "f");
        _project.Write("folder/deep/x", "x");
        _project.Write("taken", "t");
        var from = await _shadow.TakeAsync();
        File.Delete(_project.At("file"));
        File.Delete(_project.At("taken"));
        _project.Write("file/deep/y", "y");
        _project.Write("taken/y", "y");
        Directory.Delete(_project.At("folder"), recursive: true);
        _project.Write("folder", "now a file");
        var step = new StepChange(from, (await _shadow.EndStepAsync(from, from)).Snapshot);
        _project.Write("taken/ignored", "the user's");

        var undone = await _shadow.RestoreAsync(new FilesToRestore(step.To!, [step], []), CancellationToken.None);

        Assert.Equal("Stay as they are: taken (it is a folder by now).", undone.Problem);
        Assert.Equal(("f", "x", "the user's"), (_project.Read("file"), _project.Read("folder/deep/x"), _project.Read("taken/ignored")));

        var back = await _shadow.RestoreAsync(new FilesToRestore(step.To!, [], [step]), CancellationToken.None);

        Assert.Null(back.Problem);
        Assert.Equal(("y", "now a file", "y"), (_project.Read("file/deep/y"), _project.Read("folder"), _project.Read("taken/y")));
    }

    [Fact]
    public async Task Links_are_neither_followed_nor_replaced()
    {
        var outside = _folder.Sub("outside");
        File.WriteAllText(Path.Combine(outside, "run.sh"), "outside");
        var from = await _shadow.TakeAsync();
        _project.Write("a.txt", "changed");
        _project.Write("sub/run.sh", "changed");
        File.CreateSymbolicLink(_project.At("link"), outside);
        var step = await _shadow.EndStepAsync(from, from);
        var now = await _shadow.TakeAsync();
        File.Delete(_project.At("a.txt"));
        File.CreateSymbolicLink(_project.At("a.txt"), Path.Combine(outside, "run.sh"));
        Directory.Delete(_project.At("sub"), recursive: true);
        Directory.CreateSymbolicLink(_project.At("sub"), outside);

        var undone = await _shadow.RestoreAsync(new FilesToRestore(now, [new StepChange(from, step.Snapshot)], []), CancellationToken.None);

        Assert.All(["a.txt", "sub/run.sh", "link"], name => Assert.Contains(name, undone.Problem, StringComparison.Ordinal));
        Assert.Equal("outside", File.ReadAllText(Path.Combine(outside, "run.sh")));
        Assert.Single(Directory.EnumerateFileSystemEntries(outside));
        Assert.NotNull(new FileInfo(_project.At("link")).LinkTarget);
    }

    [Fact]
    public async Task A_step_whose_end_is_not_known_is_undone_from_what_the_files_are_and_only_where_it_changed_them()
    {
        var from = await _shadow.TakeAsync();
        _project.Write("a.txt", "half");
        _project.Write("users.txt", "mine");
        var now = await _shadow.TakeAsync();

        await _shadow.RestoreAsync(new FilesToRestore(now, [new StepChange(from, null, [_project.At("a.txt")])], []), CancellationToken.None);

        Assert.Equal(("one\ntwo\n", "mine"), (_project.Read("a.txt"), _project.Read("users.txt")));
    }

    [Fact]
    public async Task What_a_kill_left_is_in_nobodys_way()
    {
        var from = await _shadow.TakeAsync();
        File.WriteAllText(Path.Combine(_folder.Path, "data", "shadow", "index.lock"), "");
        _project.Write("a.txt", "changed");
        File.WriteAllText(_project.At(".a.txt.opencode-1.tmp"), "half");
        _shadow = Open();

        var step = await _shadow.EndStepAsync(from, from);
        await _shadow.RestoreAsync(new FilesToRestore(step.Snapshot, [new StepChange(from, step.Snapshot)], []), CancellationToken.None);

        Assert.Equal("one\ntwo\n", _project.Read("a.txt"));
        Assert.False(File.Exists(_project.At(".a.txt.opencode-1.tmp")));
        Assert.Equal(from, await Open().TakeAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("DIRC")]
    [InlineData("half of one")]
    public async Task A_broken_index_is_made_anew(string left)
    {
        var from = await _shadow.TakeAsync();
        File.WriteAllText(Path.Combine(_folder.Path, "data", "shadow", "index"), left);
        _shadow = Open();

        Assert.Equal(from, await _shadow.TakeAsync());
        _project.Write("a.txt", "changed");
        Assert.Equal([_project.At("a.txt")], (await _shadow.EndStepAsync(from, from)).Files);
    }

    [Theory]
    [InlineData("data")]
    [InlineData("da[t]a *?\\ ")]
    public async Task A_repository_within_and_the_data_folder_within_are_in_no_snapshot(string data)
    {
        _shadow = Open(_project.At(data));
        var from = await _shadow.TakeAsync();
        var inner = GitFolder.Init(Directory.CreateDirectory(_project.At("inner")).FullName);
        inner.Write("b.txt", "b");
        _project.Write($"{data}/hub.db", "x");

        Assert.Equal(from, await _shadow.TakeAsync());
        await _shadow.CleanAsync();
    }

    private void AssertOnly(string users, RestoreOutcome set, bool isTold, Dictionary<string, string?> files)
    {
        Assert.Equal("mine", _project.Read(users));
        Assert.Equal(isTold ? $"Stay as they are: {users} (it was changed after the undo began)." : null, set.Problem);
        foreach (var (name, text) in files.Where(file => file.Key != users))
            Assert.Equal((name, text), (name, File.Exists(_project.At(name)) ? _project.Read(name) : null));
    }

    private ShadowRepository Open(string? data = null)
    {
        data ??= _folder.Sub("data");
        return new ShadowRepository(Path.Combine(data, "shadow"), _project.Path, data, new DiskStore(new ExactFiles(new OpenCode.Actors.Sessions.Files.Doors.MachineFiles())), new GitProcess(TimeProvider.System, new SecretVariables()));
    }

    private List<string> State(string folder) =>
        [.. Directory.EnumerateFiles(_project.At(folder), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(static file => $"{file} {File.GetLastWriteTimeUtc(file):O}")];
}
