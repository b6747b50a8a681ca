using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.Server.Locations.Doors;
using OpenCode.Actors.Server.Snapshots.Doors;
using OpenCode.Actors.Sessions.Snapshots;
using OpenCode.Actors.Sessions.Tools;
using OpenCode.Actors.Sessions.Tools.Paths.Doors;

namespace OpenCode.Actors.EndToEnd.Snapshots;

/// <summary>What is in a snapshot: nothing of the user's repository changes, and files come back to the byte.</summary>
public sealed class ShadowRepositoryTests : ShadowRepositoryKit
{
    [Fact]
    public async Task What_a_step_changed_is_told_set_back_to_the_byte_and_brought_back()
    {
        var users = State(".git");
        var from = await Shadow.TakeAsync();
        Project.Write("a.txt", "one\nTWO\n");
        Project.Write("crlf.txt", "one\nTWO\n");
        Project.Write("new/deep.txt", "new\n");
        Project.Write("ignored", "i");
        File.WriteAllBytes(Project.At("big.bin"), new byte[2 * 1024 * 1024 + 1]);
        File.Delete(Project.At("gone ü \n.txt"));
        Project.MakeRunnable("sub/run.sh");

        var step = await Shadow.EndStepAsync(new StepWork(from, from));

        string[] changed = ["a.txt", "crlf.txt", "gone ü \n.txt", "new/deep.txt", "sub/run.sh"];
        Assert.Equal(changed.Select(Project.At), step.Files);
        Assert.Equal([("a.txt", 1, 1, "modified"), ("crlf.txt", 2, 2, "modified"), ("gone ü \n.txt", 0, 1, "deleted"), ("new/deep.txt", 1, 0, "added"), ("sub/run.sh", 0, 0, "modified")],
            step.Diffs.Select(diff => (diff.File, diff.Additions, diff.Deletions, diff.Status)));
        Assert.Contains("+TWO", step.Diffs[0].Patch, StringComparison.Ordinal);

        Project.Write("users.txt", "mine");
        var now = await Shadow.TakeAsync();
        var undone = await Shadow.RestoreAsync(new FilesToRestore(now, [new StepChange(from, step.Snapshot)], []), CancellationToken.None);

        Assert.Null(undone.Problem);
        Assert.Contains("-TWO", undone.Diff, StringComparison.Ordinal);
        Assert.DoesNotContain("users.txt", undone.Diff, StringComparison.Ordinal);
        Assert.Equal(("one\ntwo\n", "one\r\ntwo\r\n", "x", "mine"), (Project.Read("a.txt"), Project.Read("crlf.txt"), Project.Read("gone ü \n.txt"), Project.Read("users.txt")));
        Assert.False(File.Exists(Project.At("new/deep.txt")));
        Assert.False(Project.IsRunnable("sub/run.sh"));
        Assert.True(File.Exists(Project.At("big.bin")) && File.Exists(Project.At("ignored")));

        Project.Write("users.txt", "mine too");
        await Shadow.RestoreAsync(new FilesToRestore(now, [], [new StepChange(from, step.Snapshot)]), CancellationToken.None);

        Assert.Equal(("one\nTWO\n", "one\nTWO\n", "new\n", "mine too"), (Project.Read("a.txt"), Project.Read("crlf.txt"), Project.Read("new/deep.txt"), Project.Read("users.txt")));
        Assert.False(File.Exists(Project.At("gone ü \n.txt")));
        Assert.True(Project.IsRunnable("sub/run.sh"));
        Assert.Equal(users, State(".git"));
        Assert.False(File.Exists("/tmp/never"));
    }

    [Fact]
    public async Task What_others_change_beside_tools_that_say_what_they_change_is_told_neither_of_the_step_nor_of_the_turn()
    {
        var from = await Shadow.TakeAsync();
        foreach (var name in (string[])["a.txt", "crlf.txt"])
            Project.Write(name, "changed");
        var first = await Shadow.EndStepAsync(new StepWork(from, from, [Project.At("a.txt"), "/etc/passwd"], []));
        foreach (var name in (string[])["b.txt", "gone ü \n.txt"])
            Project.Write(name, "changed");
        var second = await Shadow.EndStepAsync(new StepWork(first.Snapshot, from, [Project.At("b.txt")], first.Files));
        Project.Write("gone ü \n.txt", "again");
        var third = await Shadow.EndStepAsync(new StepWork(second.Snapshot, from, [], [.. first.Files, .. second.Files]));

        Assert.Equal([[Project.At("a.txt")], [Project.At("b.txt")], []], new[] { first, second, third }.Select(static step => step.Files));
        Assert.Equal([["a.txt"], ["a.txt", "b.txt"], []], new[] { first, second, third }.Select(static step => step.Diffs.Select(static diff => diff.File)));
    }

    [Fact]
    public async Task A_file_that_git_cannot_take_keeps_no_other_out_of_the_snapshot()
    {
        var from = await Shadow.TakeAsync();
        File.Delete(Project.At("crlf.txt"));
        using (var made = System.Diagnostics.Process.Start("mkfifo", Project.At("crlf.txt")))
            await made.WaitForExitAsync();
        foreach (var name in Enumerable.Range(0, 20))
            Project.Write($"many/{name}", "made");
        Project.Write("a.txt", "changed");

        var step = await Shadow.EndStepAsync(new StepWork(from, from));

        Assert.Equal(21, step.Files.Count);
        Assert.Contains(Project.At("a.txt"), step.Files);
        var undone = await Shadow.RestoreAsync(new FilesToRestore(step.Snapshot, [new StepChange(from, step.Snapshot)], []), CancellationToken.None);
        Assert.Null(undone.Problem);
        Assert.Equal("one\ntwo\n", Project.Read("a.txt"));
    }

    [Theory]
    [InlineData(".gitignore", "")]
    [InlineData(".gitignore", null)]
    [InlineData("sub/.gitignore", "")]
    [InlineData("sub/deep/.gitignore", "!*")]
    public async Task What_a_step_shows_by_a_change_of_what_is_ignored_was_there_before_and_stays(string rules, string? now)
    {
        Project.Write(rules, "ignored\n/private/\n");
        var folder = Path.GetDirectoryName(rules)!;
        string[] hidden = [Path.Combine(folder, "ignored"), Path.Combine(folder, "private/deep/key"), Path.Combine(folder, "x/ignored"), Path.Combine(folder, ":(top)*[ü\n/ignored")];
        foreach (var name in hidden)
            Project.Write(name, "the user's");
        var from = await Shadow.TakeAsync();

        if (now is null)
            File.Delete(Project.At(rules));
        else
            Project.Write(rules, now);
        Project.Write("made.txt", "made");
        var step = await Shadow.EndStepAsync(new StepWork(from, from));
        Project.Write("made2.txt", "made");
        var second = await Shadow.EndStepAsync(new StepWork(step.Snapshot, from));

        string[] changed = [rules, "made.txt"];
        Assert.Equal(changed.Order(StringComparer.Ordinal), step.Diffs.Select(static diff => diff.File));
        Assert.Equal(changed.Select(Project.At).Order(StringComparer.Ordinal), step.Files);
        Assert.Equal(((string[])[.. changed, "made2.txt"]).Order(StringComparer.Ordinal), second.Diffs.Select(static diff => diff.File));
        var undone = await Shadow.RestoreAsync(new FilesToRestore(second.Snapshot, [new StepChange(from, step.Snapshot), new StepChange(step.Snapshot, second.Snapshot)], []), CancellationToken.None);

        Assert.Null(undone.Problem);
        Assert.All(hidden, name => Assert.Equal("the user's", Project.Read(name)));
        Assert.Equal("ignored\n/private/\n", Project.Read(rules));
        Assert.False(File.Exists(Project.At("made.txt")) || File.Exists(Project.At("made2.txt")));
    }

    [Fact]
    public async Task A_file_that_one_step_shows_and_the_next_changes_comes_back()
    {
        Project.Write("ignored", "the user's");
        var from = await Shadow.TakeAsync();
        Project.Write(".gitignore", "");
        var step = await Shadow.EndStepAsync(new StepWork(from, from));
        Project.Write("ignored", "changed");
        var second = await Shadow.EndStepAsync(new StepWork(step.Snapshot, from));

        await Shadow.RestoreAsync(new FilesToRestore(second.Snapshot, [new StepChange(from, step.Snapshot), new StepChange(step.Snapshot, second.Snapshot)], []), CancellationToken.None);

        Assert.Equal("the user's", Project.Read("ignored"));
    }

    [Fact]
    public async Task Links_are_neither_followed_nor_replaced()
    {
        var outside = Folder.Sub("outside");
        File.WriteAllText(Path.Combine(outside, "run.sh"), "outside");
        var from = await Shadow.TakeAsync();
        Project.Write("a.txt", "changed");
        Project.Write("sub/run.sh", "changed");
        File.CreateSymbolicLink(Project.At("link"), outside);
        var step = await Shadow.EndStepAsync(new StepWork(from, from));
        var now = await Shadow.TakeAsync();
        File.Delete(Project.At("a.txt"));
        File.CreateSymbolicLink(Project.At("a.txt"), Path.Combine(outside, "run.sh"));
        Directory.Delete(Project.At("sub"), recursive: true);
        Directory.CreateSymbolicLink(Project.At("sub"), outside);

        var undone = await Shadow.RestoreAsync(new FilesToRestore(now, [new StepChange(from, step.Snapshot)], []), CancellationToken.None);

        Assert.All(["a.txt", "sub/run.sh", "link"], name => Assert.Contains(name, undone.Problem, StringComparison.Ordinal));
        Assert.Equal("outside", File.ReadAllText(Path.Combine(outside, "run.sh")));
        Assert.Single(Directory.EnumerateFileSystemEntries(outside));
        Assert.NotNull(new FileInfo(Project.At("link")).LinkTarget);
    }

    [Fact]
    public async Task What_a_kill_left_blocks_no_snapshot()
    {
        var from = await Shadow.TakeAsync();
        File.WriteAllText(Path.Combine(Folder.Path, "data", "shadow", "index.lock"), "");
        Project.Write("a.txt", "changed");
        File.WriteAllText(Project.At(".a.txt.opencode-1.tmp"), "half");
        Shadow = Open();

        var step = await Shadow.EndStepAsync(new StepWork(from, from));
        await Shadow.RestoreAsync(new FilesToRestore(step.Snapshot, [new StepChange(from, step.Snapshot)], []), CancellationToken.None);

        Assert.Equal([Project.At("a.txt")], step.Files); // What is being written is in no snapshot.
        Assert.Equal("one\ntwo\n", Project.Read("a.txt"));
        Assert.False(File.Exists(Project.At(".a.txt.opencode-1.tmp")));
        Assert.Equal(from, await Open().TakeAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("DIRC")]
    [InlineData("half of one")]
    public async Task A_broken_index_is_made_anew(string left)
    {
        var from = await Shadow.TakeAsync();
        Break();

        Assert.Equal(from, await Shadow.TakeAsync());
        Project.Write("a.txt", "changed");
        var step = await Shadow.EndStepAsync(new StepWork(from, from));
        Assert.Equal([Project.At("a.txt")], step.Files);

        Break();
        var undone = await Shadow.RestoreAsync(new FilesToRestore(step.Snapshot, [new StepChange(from, step.Snapshot)], []), CancellationToken.None);
        Assert.Null(undone.Problem);
        Assert.Equal("one\ntwo\n", Project.Read("a.txt"));

        void Break()
        {
            File.WriteAllText(Path.Combine(Folder.Path, "data", "shadow", "index"), left);
            Shadow = Open();
        }
    }

    [Theory]
    [InlineData("data")]
    [InlineData("da[t]a *?\\ ")]
    public async Task A_repository_within_and_the_dataFolder_within_are_in_no_snapshot(string data)
    {
        Shadow = Open(Project.At(data));
        var from = await Shadow.TakeAsync();
        var inner = GitFolder.Init(Directory.CreateDirectory(Project.At("inner")).FullName);
        inner.Write("b.txt", "b");
        Project.Write($"{data}/hub.db", "x");

        Assert.Equal(from, await Shadow.TakeAsync());
        await Shadow.CleanAsync();
    }

    private List<string> State(string folder) =>
        [.. Directory.EnumerateFiles(Project.At(folder), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(static file => $"{file} {File.GetLastWriteTimeUtc(file):O}")];
}
