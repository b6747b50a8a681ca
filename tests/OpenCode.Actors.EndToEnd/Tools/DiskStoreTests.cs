using System.Diagnostics;
using System.Globalization;
using System.Text;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.Sessions.Files.Doors;
using OpenCode.Actors.Sessions.Tools.Paths.Doors;

namespace OpenCode.Actors.EndToEnd.Tools;

/// <summary>Whole files on a real disk, and links that come in between.</summary>
public sealed class DiskStoreTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ExactFiles _files = new(new MachineFiles());
    private readonly DiskStore _store;

    public DiskStoreTests() => _store = new DiskStore(_files);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_link_that_takes_the_place_of_a_folder_after_the_path_was_judged_leads_nowhere()
    {
        var inside = _folder.Sub("inside");
        var outside = _folder.Sub("outside");
        File.WriteAllText(Path.Combine(outside, "f"), "SECRET");
        Directory.Delete(inside);
        File.CreateSymbolicLink(inside, outside);

        Assert.Throws<IOException>(() => _files.Open(Path.Combine(inside, "f")));
        Assert.Throws<IOException>(() => _store.Read(Path.Combine(inside, "f"), 100));
        Assert.Throws<IOException>(() => _store.Write(Path.Combine(inside, "f"), "x"u8, default));

        Assert.Equal("SECRET", File.ReadAllText(Path.Combine(outside, "f")));
        Assert.Single(Directory.EnumerateFileSystemEntries(outside));
    }

    [Fact]
    public void What_cannot_be_written_is_refused_and_leaves_nothing()
    {
        var folder = _folder.Sub("f");
        var given = new CancellationTokenSource();
        given.Cancel();

        Assert.Throws<IOException>(() => _store.Write(folder, "x"u8, default));
        Assert.Throws<OperationCanceledException>(() => _store.Write(Path.Combine(folder, "a"), "x"u8, given.Token));
        Assert.ThrowsAny<IOException>(() => _store.Write(Path.Combine(folder, new string('n', 300)), "x"u8, default));

        Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
    }

    [Fact]
    public void Files_whose_names_begin_alike_are_written_side_by_side()
    {
        var folder = _folder.Sub("f");
        var paths = Enumerable.Range(0, 8).Select(i => Path.Combine(folder, $"{new string('ü', 110)}{i}")).ToArray();

        for (var round = 0; round < 20; round++)
            Parallel.ForEach(paths, path => _store.Write(path, Encoding.UTF8.GetBytes(path), default));

        Assert.All(paths, static path => Assert.Equal(path, File.ReadAllText(path)));
        Assert.Equal(paths.Length, Directory.EnumerateFileSystemEntries(folder).Count());
    }

    [Fact]
    public void A_file_is_written_by_many_at_once_and_is_one_of_theirs()
    {
        var path = Path.Combine(_folder.Sub("f"), "a");
        var contents = Enumerable.Range(0, 8).Select(i => new string((char)('a' + i), 100_000)).ToArray();

        for (var round = 0; round < 10; round++)
            Parallel.ForEach(contents, content => _store.Write(path, Encoding.UTF8.GetBytes(content), default));

        Assert.Contains(File.ReadAllText(path), contents);
        Assert.Equal([path], Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public void What_a_killed_server_left_goes_with_the_next_write_and_what_another_one_writes_stays()
    {
        var (folder, outside) = (_folder.Sub("f"), Path.Combine(_folder.Path, "outside"));
        File.WriteAllText(outside, "x");
        string[] left = [.. Enumerable.Range(1, 4).Select(i => Path.Combine(folder, $".a.opencode-{i}.tmp")), Path.Combine(folder, ".b.opencode-1.tmp")];
        foreach (var half in (string[])[left[0], left[4]])
            File.WriteAllText(half, "half");
        File.CreateSymbolicLink(left[2], outside);
        using (var made = Process.Start("mkfifo", left[3]))
            made.WaitForExit();
        using (new FileStream(left[1], FileMode.CreateNew, FileAccess.Write, FileShare.Delete))
            _store.Write(Path.Combine(folder, "a"), "new"u8, default);

        Assert.Equal([.. left[1..], Path.Combine(folder, "a")], Directory.EnumerateFileSystemEntries(folder).Order(StringComparer.Ordinal));
        _store.Write(Path.Combine(folder, "a"), "newer"u8, default);
        Assert.Equal([.. left[2..], Path.Combine(folder, "a")], Directory.EnumerateFileSystemEntries(folder).Order(StringComparer.Ordinal));
        Assert.Equal("x", File.ReadAllText(outside));
    }

    [Fact]
    public void The_store_keeps_its_locks_when_a_temporary_file_is_another_name_of_it()
    {
        var (folder, path) = (_folder.Sub("f"), Path.Combine(_folder.Sub("data"), "hub.db"));
        using var database = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite);
        database.WriteByte(1);
        database.Flush();
        if (!OperatingSystem.IsMacOS())
            database.Lock(0, 1); // As SQLite does: fcntl(2).
        using (var ln = Process.Start("ln", [path, Path.Combine(folder, ".a.txt.opencode-1.tmp")]))
            ln.WaitForExit();
        var inode = NativeFiles.Look(path)!.Value.Inode;
        Assert.True(HasLock(inode));

        new DiskStore(new MachineFiles(path)).Write(Path.Combine(folder, "a.txt"), "x"u8, default);

        Assert.True(HasLock(inode));
        Assert.True(File.Exists(path));
    }

    [Fact]
    public void A_folder_that_may_be_written_but_not_listed_is_written_to()
    {
        var folder = _folder.Sub("f");
        Unix.SetMode(folder, UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        _store.Write(Path.Combine(folder, "a"), "new"u8, default);

        Unix.SetMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Assert.Equal("new", File.ReadAllText(Path.Combine(folder, "a")));
    }

    [Theory]
    [InlineData(0b110_100_100)]
    [InlineData(0b110_110_110)]
    [InlineData(0b111_111_111)]
    [InlineData(0b110_000_000)]
    [InlineData(0b111_101_000)]
    public void A_file_keeps_its_mode_whatever_the_umask_is(int mode)
    {
        var path = Path.Combine(_folder.Sub("f"), "a");
        File.WriteAllText(path, "old");
        Unix.SetMode(path, (UnixFileMode)mode);

        _store.Write(path, "new"u8, default);

        Assert.Equal(("new", (UnixFileMode)mode), (File.ReadAllText(path), Unix.Mode(path)));
    }

    [Theory]
    [InlineData("字", 85)]
    [InlineData("😀", 63)]
    [InlineData("n", 255)]
    public void A_file_with_the_longest_name_is_written(string character, int count)
    {
        var path = Path.Combine(_folder.Sub("f"), string.Concat(Enumerable.Repeat(character, count)));

        _store.Write(path, "x"u8, default);

        Assert.Equal([path], Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(path)!));
    }

    [Theory]
    [InlineData("hub.db")]
    [InlineData("hub.db-wal")]
    [InlineData("auth.json")]
    [InlineData("holder.json")]
    [InlineData("./../data/hub.db")]
    [InlineData("link")]
    [InlineData("twin")]
    public async Task The_store_of_the_server_is_neither_read_nor_written(string name)
    {
        var data = _folder.Sub("data");
        var path = Path.Combine(data, "hub.db");
        File.WriteAllText(path, "store");
        foreach (var other in (string[])[path + "-wal", Path.Combine(data, "auth.json"), Path.Combine(data, "holder.json")])
            File.WriteAllText(other, "store");
        File.CreateSymbolicLink(Path.Combine(data, "link"), path);
        using (var ln = Process.Start("ln", [path, Path.Combine(data, "twin")]))
            await ln.WaitForExitAsync();
        var files = new MachineFiles(path);
        var store = new DiskStore(files);
        var named = Path.Combine(data, name);

        Assert.Throws<IOException>(() => files.Open(named));
        Assert.Contains(named, Assert.Throws<IOException>(() => store.Read(named, 100)).Message, StringComparison.Ordinal);
        Assert.Contains(named, Assert.Throws<IOException>(() => store.Write(named, "x"u8, default)).Message, StringComparison.Ordinal);

        Assert.Equal("store", File.ReadAllText(named));
    }

    [Theory]
    [InlineData("data/auth.json", true)]
    [InlineData("data/holder.json", true)]
    [InlineData("data/hub.db-wal", true)]
    [InlineData("data/./../data/auth.json", true)]
    [InlineData("link/auth.json", true)]
    [InlineData("data/other.json", false)]
    [InlineData("other/auth.json", false)]
    public void What_the_server_keeps_for_itself_is_not_made_either(string name, bool isOwn)
    {
        var data = _folder.Sub("data");
        File.CreateSymbolicLink(Path.Combine(_folder.Path, "link"), data);
        var path = Path.Combine(_folder.Path, name);
        var store = new DiskStore(new MachineFiles(Path.Combine(data, "hub.db")));

        if (isOwn)
            Assert.Contains(path, Assert.Throws<IOException>(() => store.Write(path, "x"u8, default)).Message, StringComparison.Ordinal);
        else
            store.Write(path, "x"u8, default);

        Assert.NotEqual(isOwn, File.Exists(path));
    }

    [Fact]
    public void The_environment_of_a_process_is_not_given_out_by_any_name()
    {
        var link = Path.Combine(_folder.Path, "link");
        File.CreateSymbolicLink(link, "/proc/self/environ");
        var thread = Path.GetFileName(Directory.EnumerateDirectories("/proc/self/task").First());

        foreach (var name in (string[])[link, "/proc/self/environ", $"/proc/{Environment.ProcessId}/environ", $"/proc/self/task/{thread}/environ", $"/proc/{thread}/environ", "/proc/self/root/proc/self/environ"])
            Assert.Contains("secrets", Assert.Throws<IOException>(() => new MachineFiles().Open(name)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipe_is_refused_at_once()
    {
        var pipe = Path.Combine(_folder.Path, "pipe");
        using (var made = Process.Start("mkfifo", pipe))
            await made.WaitForExitAsync();

        Assert.Throws<IOException>(() => _files.Open(pipe));
    }

    // proc_locks(5): "1: POSIX  ADVISORY  WRITE 4711 08:01:1234 0 0".
    private static bool HasLock(ulong inode) => File.ReadLines("/proc/locks").Any(line => line.Contains("POSIX", StringComparison.Ordinal) && line.Contains(string.Create(CultureInfo.InvariantCulture, $":{inode} "), StringComparison.Ordinal));
}
