using System.Diagnostics;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Server.Locations.Doors;
using OpenCode.Actors.Server.Snapshots.Doors;
using OpenCode.Actors.Sessions.Snapshots;
using OpenCode.Actors.Sessions.Tools;
using OpenCode.Actors.Sessions.Tools.Paths;
using OpenCode.Actors.Sessions.Tools.Paths.Doors;

namespace OpenCode.Actors.EndToEnd.Snapshots;

/// <summary>What an undo sets, and what it leaves as it is.</summary>
public sealed class ShadowRestoreTests : ShadowRepositoryKit
{
    [Fact]
    public async Task A_file_that_became_too_large_to_keep_stays_as_it_is()
    {
        const int tooLarge = 2 * 1024 * 1024 + 1;
        var from = await Shadow.TakeAsync();
        Project.Write("grows.db", "small");
        var step = await Shadow.EndStepAsync(new StepWork(from, from));
        File.WriteAllBytes(Project.At("grows.db"), new byte[tooLarge]);

        var undone = await Shadow.RestoreAsync(new FilesToRestore(await Shadow.TakeAsync(), [new StepChange(from, step.Snapshot)], []), CancellationToken.None);

        Assert.Contains("too large", undone.Problem, StringComparison.Ordinal);
        Assert.Equal(tooLarge, new FileInfo(Project.At("grows.db")).Length);
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
            Project.Write(name, "old");
        var from = await Shadow.TakeAsync();
        foreach (var name in (string[])["both", "made", "first"])
            Project.Write(name, "one");
        File.Delete(Project.At("unmade"));
        File.Delete(Project.At("hidden"));
        var one = new StepChange(from, (await Shadow.EndStepAsync(new StepWork(from, from))).Snapshot);
        Project.Write("both", "two");
        Project.Write("second", "two");
        var two = new StepChange(one.To!, (await Shadow.EndStepAsync(new StepWork(one.To!, from))).Snapshot);
        Assert.Null((await Shadow.RestoreAsync(new FilesToRestore(two.To!, [two], []), CancellationToken.None)).Problem);

        // The user goes on in one file, and hides another by a .gitignore, so that no snapshot has it.
        Project.Write(".gitignore", "ignored\nhidden\n");
        Project.Write(file, "mine");
        var longer = await Shadow.RestoreAsync(new FilesToRestore(two.To!, [one, two], [two]), CancellationToken.None);
        AssertOnly(file, longer, isTold: true, new() { ["both"] = "old", ["made"] = null, ["unmade"] = "old", ["first"] = "old", ["second"] = "old", ["hidden"] = "old" });

        var shorter = await Shadow.RestoreAsync(new FilesToRestore(two.To!, [two], [one, two]), CancellationToken.None);
        AssertOnly(file, shorter, isTold: true, new() { ["both"] = "one", ["made"] = "one", ["unmade"] = null, ["first"] = "one", ["second"] = "old", ["hidden"] = null });

        var back = await Shadow.RestoreAsync(new FilesToRestore(two.To!, [], [two]), CancellationToken.None);
        AssertOnly(file, back, isTold: file is "both" or "second", new() { ["both"] = "two", ["made"] = "one", ["unmade"] = null, ["first"] = "one", ["second"] = "two", ["hidden"] = null });
    }

    [Fact]
    public async Task What_was_changed_after_the_turn_is_restored_too_named_and_brought_back()
    {
        var from = await Shadow.TakeAsync();
        foreach (var name in (string[])["a.txt", "crlf.txt", "made", "sub/run.sh"])
            Project.Write(name, "changed");
        var step = new StepChange(from, (await Shadow.EndStepAsync(new StepWork(from, from))).Snapshot);
        Project.Write("a.txt", "mine");
        Project.Write("made", "mine");
        Project.Write("sub/run.sh", "#!/bin/sh\n"); // as it was before the step
        Project.Write("users.txt", "mine");
        var now = await Shadow.TakeAsync();

        var undone = await Shadow.RestoreAsync(new FilesToRestore(now, [step], []), CancellationToken.None);
        Assert.Equal("Restored, although something else changed them too: a.txt, made. A redo before the next prompt brings that back.", undone.Problem);
        Assert.Equal("one\ntwo\n", Project.Read("a.txt"));
        Assert.False(File.Exists(Project.At("made")));

        Assert.Null((await Shadow.RestoreAsync(new FilesToRestore(now, [], [step]), CancellationToken.None)).Problem);
        Assert.Equal(("mine", "changed", "mine", "#!/bin/sh\n", "mine"), (Project.Read("a.txt"), Project.Read("crlf.txt"), Project.Read("made"), Project.Read("sub/run.sh"), Project.Read("users.txt")));
    }

    [Fact]
    public async Task An_undo_that_is_ended_after_a_kill_sets_what_it_had_not_set_and_leaves_what_was_changed_meanwhile()
    {
        var from = await Shadow.TakeAsync();
        foreach (var name in (string[])["a.txt", "crlf.txt", "sub/run.sh"])
            Project.Write(name, "changed");
        var step = new StepChange(from, (await Shadow.EndStepAsync(new StepWork(from, from))).Snapshot);
        Project.Write("a.txt", "one\ntwo\n"); // Set before the kill.
        Project.Write("crlf.txt", "mine"); // Written after it.


        var undone = await Open().RestoreAsync(new FilesToRestore(step.To!, [step], []), CancellationToken.None);

        Assert.Equal("Stay as they are: crlf.txt (it was changed after the undo began).", undone.Problem);
        Assert.Equal(("one\ntwo\n", "mine", "#!/bin/sh\n"), (Project.Read("a.txt"), Project.Read("crlf.txt"), Project.Read("sub/run.sh")));
    }

    [Fact]
    public async Task A_file_that_became_aFolder_and_aFolder_that_became_a_file_come_back_and_go_again()
    {
        Project.Write("file", "f");
        Project.Write("folder/deep/x", "x");
        Project.Write("taken", "t");
        var from = await Shadow.TakeAsync();
        File.Delete(Project.At("file"));
        File.Delete(Project.At("taken"));
        Project.Write("file/deep/y", "y");
        Project.Write("taken/y", "y");
        Directory.Delete(Project.At("folder"), recursive: true);
        Project.Write("folder", "now a file");
        var step = new StepChange(from, (await Shadow.EndStepAsync(new StepWork(from, from))).Snapshot);
        Project.Write("taken/ignored", "the user's");

        var undone = await Shadow.RestoreAsync(new FilesToRestore(step.To!, [step], []), CancellationToken.None);

        Assert.Equal("Stay as they are: taken (it is a folder by now).", undone.Problem);
        Assert.Equal(("f", "x", "the user's"), (Project.Read("file"), Project.Read("folder/deep/x"), Project.Read("taken/ignored")));

        var back = await Shadow.RestoreAsync(new FilesToRestore(step.To!, [], [step]), CancellationToken.None);

        Assert.Null(back.Problem);
        Assert.Equal(("y", "now a file", "y"), (Project.Read("file/deep/y"), Project.Read("folder"), Project.Read("taken/y")));
    }

    [Fact]
    public async Task A_step_whose_end_is_not_known_is_undone_from_what_the_files_are_and_only_where_it_changed_them()
    {
        var from = await Shadow.TakeAsync();
        Project.Write("a.txt", "half");
        Project.Write("users.txt", "mine");
        var now = await Shadow.TakeAsync();

        await Shadow.RestoreAsync(new FilesToRestore(now, [new StepChange(from, null, [Project.At("a.txt")])], []), CancellationToken.None);

        Assert.Equal(("one\ntwo\n", "mine"), (Project.Read("a.txt"), Project.Read("users.txt")));
    }

    [Fact]
    public async Task A_file_that_a_tool_is_changing_is_restored_behind_that_and_then_stays_as_the_tool_left_it()
    {
        var from = await Shadow.TakeAsync();
        Project.Write("a.txt", "changed");
        Project.Write("b.txt", "made");
        var step = new StepChange(from, (await Shadow.EndStepAsync(new StepWork(from, from))).Snapshot);

        Task<RestoreOutcome>? undo = null;
        await Task.Run(() => Written.Change(new SessionId("ses_other"), Project.At("a.txt"), _ =>
        {
            undo = Shadow.RestoreAsync(new FilesToRestore(step.To!, [step], []), CancellationToken.None);
            Assert.True(SpinWait.SpinUntil(() => !File.Exists(Project.At("b.txt")), TimeSpan.FromSeconds(60))); // The file before it is set.
            Assert.False(undo.Wait(TimeSpan.FromSeconds(1)));
            return "of the other session";
        }, CancellationToken.None));

        Assert.Contains("a.txt", (await undo!).Problem, StringComparison.Ordinal);
        Assert.Equal("of the other session", Project.Read("a.txt"));
    }

    [Fact]
    public async Task What_changed_since_the_first_step_and_is_in_no_snapshot_is_named_and_what_did_not_is_not()
    {
        const int tooLarge = 2 * 1024 * 1024 + 1;
        Project.Write(".gitignore", "ignored\nold\n/private/\n/still/\n/.state/\n");
        foreach (var name in (string[])["ignored", "old", "private/deep/x", "still/x", ".state/x", ".state/oc/hub.db", "inner/x", "inner/y/z", "other/x"])
            Project.Write(name, "old");
        foreach (var inner in (string[])["inner", "other"])
            GitFolder.Init(Project.At(inner));
        foreach (var name in (string[])["grows.bin", "large.bin", "unchanged.bin"])
            File.WriteAllBytes(Project.At(name), new byte[name == "grows.bin" ? 1 : tooLarge]);
        using (var made = Process.Start("mkfifo", Project.At("still/pipe")))
            await made.WaitForExitAsync();
        Shadow = Open(Project.At(".state/oc"));
        var from = await Shadow.TakeAsync();
        await Task.Delay(TimeSpan.FromMilliseconds(500)); // longer than a tick of the file system
        var since = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        await Task.Delay(TimeSpan.FromMilliseconds(50));
        foreach (var name in (string[])["a.txt", "ignored", "private/deep/x", "inner/y/z", ".state/oc/hub.db", ".b.opencode-1.tmp"])
            Project.Write(name, "changed");
        Project.Write("other/.git/index", "looked at");
        foreach (var name in (string[])["grows.bin", "large.bin"])
            File.WriteAllBytes(Project.At(name), new byte[tooLarge + 1]);
        var now = await Shadow.TakeAsync();
        StepChange[] steps = [new StepChange(from, now, [Project.At("a.txt")])];

        var undone = await Shadow.RestoreAsync(new FilesToRestore(now, steps, [], since), CancellationToken.None);

        Assert.Equal("Changed since then but in no snapshot, so not undone (ignored, over 2 MB, or another repository's): grows.bin, ignored, inner/, large.bin, private/.", undone.Problem);
        Assert.Equal(("one\ntwo\n", "changed"), (Project.Read("a.txt"), Project.Read("ignored")));
        Assert.Null((await Shadow.RestoreAsync(new FilesToRestore(now, [], steps), CancellationToken.None)).Problem);
    }

    [Fact]
    public async Task What_the_way_back_needs_is_on_the_disk_before_the_first_file_is_set()
    {
        var from = await Shadow.TakeAsync();
        Project.Write("a.txt", "changed");
        Project.Write("made", "made");
        var step = new StepChange(from, (await Shadow.EndStepAsync(new StepWork(from, from))).Snapshot);
        var synced = new List<(string, string, bool)>();
        Shadow = Open(store: new SyncedStore(Store, folder => synced.Add((folder, Project.Read("a.txt"), File.Exists(Project.At("made"))))));
        Assert.Equal(step.To, await Shadow.TakeAsync());
        Assert.Empty(synced); // It costs too much for each step.

        await Shadow.RestoreAsync(new FilesToRestore(step.To!, [step], []), CancellationToken.None);

        Assert.Equal([(Path.Combine(Folder.Path, "data", "shadow"), "changed", true)], synced);
        Assert.Equal(("one\ntwo\n", false), (Project.Read("a.txt"), File.Exists(Project.At("made"))));
        await Assert.ThrowsAsync<IOException>(() => Open(store: new SyncedStore(Store, static _ => throw new IOException("The disk is broken."))).RestoreAsync(new FilesToRestore(step.To!, [], [step]), CancellationToken.None));
        Assert.Equal(("one\ntwo\n", false), (Project.Read("a.txt"), File.Exists(Project.At("made"))));
    }

    private void AssertOnly(string users, RestoreOutcome set, bool isTold, Dictionary<string, string?> files)
    {
        Assert.Equal("mine", Project.Read(users));
        Assert.Equal(isTold ? $"Stay as they are: {users} (it was changed after the undo began)." : null, set.Problem);
        foreach (var (name, text) in files.Where(file => file.Key != users))
            Assert.Equal((name, text), (name, File.Exists(Project.At(name)) ? Project.Read(name) : null));
    }

    private sealed class SyncedStore(DiskStore store, Action<string> synced) : IFileStore
    {
        public FileStamp? Find(string path) => store.Find(path);

        public byte[] Read(string path, int mostBytes) => store.Read(path, mostBytes);

        public FileStamp Write(string path, ReadOnlySpan<byte> content, CancellationToken cancellationToken) => store.Write(path, content, cancellationToken);

        public void SyncAll(string folder)
        {
            synced(folder);
            store.SyncAll(folder);
        }
    }
}
