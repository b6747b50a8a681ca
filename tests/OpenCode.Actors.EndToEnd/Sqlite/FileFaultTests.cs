using System.Net;
using System.Net.Http.Json;
using System.Diagnostics;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Sqlite.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Sqlite;

/// <summary>Rule "The store says what is wrong" and rule "Only SQLite opens the file": what may be wrong with the file, and how the server reacts.</summary>
public sealed class FileFaultTests(ITestOutputHelper output) : ServerTest(output)
{
    private const int Unusable = 3;
    private const int JournalDied = 5;

    public enum Harm
    {
        FileRemoved,
        FileRenamed,
        FileReplaced,
        FolderRenamed,
        LogRemoved,
    }

    [Theory]
    [InlineData(Harm.FileRemoved)]
    [InlineData(Harm.FileRenamed)]
    [InlineData(Harm.FileReplaced)]
    [InlineData(Harm.FolderRenamed)]
    [InlineData(Harm.LogRemoved)]
    public async Task A_file_that_is_taken_from_under_the_server_ends_it_within_two_seconds(Harm harm)
    {
        var server = await StartAsync();
        var session = await server.Api.CreateSessionAsync(new { title = "acknowledged" });
        var (file, clock) = (Hub.File(Setup.DataFolder), Stopwatch.StartNew());
        switch (harm)
        {
            case Harm.FileRemoved:
                File.Delete(file);
                break;
            case Harm.FileRenamed:
                File.Move(file, file + ".old");
                break;
            case Harm.FileReplaced:
                File.Copy(file, file + ".new");
                File.Move(file + ".new", file, overwrite: true);
                break;
            case Harm.FolderRenamed:
                Directory.Move(Setup.DataFolder, Setup.DataFolder + ".old");
                break;
            default:
                File.Delete(Hub.Log(Setup.DataFolder));
                break;
        }

        Assert.Equal(JournalDied, await server.ExitAsync());
        Output.WriteLine($"Ended after {clock.ElapsedMilliseconds} ms.");
        Assert.True(clock.Elapsed < Scale.Bound(2.5), $"Took {clock.Elapsed}.");
        Assert.Contains("was removed, renamed or replaced under the server", server.Log, StringComparison.Ordinal);
        if (harm == Harm.LogRemoved)
            Assert.Equal("acknowledged", (await (await StartAsync()).Api.GetAsync($"/session/{session}")).Text("title"));
    }

    [Fact]
    public async Task While_another_process_writes_commands_wait_reads_go_on_and_then_everything_does()
    {
        var server = await StartAsync();
        var session = await server.Api.CreateSessionAsync();
        using var other = Hub.Open(Setup.DataFolder);
        other.Run("BEGIN IMMEDIATE");

        var waiting = server.Api.CreateSessionAsync(new { title = "waited" });
        await Eventually.TrueAsync(() => server.Log.Contains("Another process writes", StringComparison.Ordinal), "the server to say what it waits for");
        Assert.Empty(await server.Api.MessagesAsync(session));
        Assert.False(waiting.IsCompleted);
        other.Run("COMMIT");

        Assert.Equal("waited", (await server.Api.GetAsync($"/session/{await waiting}")).Text("title"));
    }

    [Fact]
    public async Task A_start_beside_a_transaction_of_another_process_says_so()
    {
        await (await StartAsync()).KillAsync();
        using var other = Hub.Open(Setup.DataFolder);
        other.Run("BEGIN IMMEDIATE");

        await AssertRefusedAsync(Setup, "hub.db", "another process", "sqlite3");
    }

    [Fact]
    public async Task A_file_of_a_newer_program_is_refused()
    {
        await (await StartAsync()).KillAsync();
        using (var other = Hub.Open(Setup.DataFolder))
            other.Run("PRAGMA user_version = 99");

        await AssertRefusedAsync(Setup, "hub.db", "99", "newer version of the program");
        await AssertCheckRefusesAsync("99", "newer version of the program");
    }

    [Fact]
    public async Task A_folder_of_the_old_format_is_refused_with_the_way_to_take_it_along()
    {
        Directory.CreateDirectory(Path.Combine(Setup.DataFolder, "journal"));
        await File.WriteAllTextAsync(Path.Combine(Setup.DataFolder, "timeline.json"), "{}");

        await AssertRefusedAsync(Setup, Setup.DataFolder, "export", "import");
        await AssertCheckRefusesAsync("export", "import");
        Assert.False(File.Exists(Hub.File(Setup.DataFolder)));
    }

    [Fact]
    public async Task A_file_that_is_gone_while_its_log_is_there_is_refused_and_the_log_left_alone()
    {
        await (await StartAsync()).KillAsync();
        File.Move(Hub.File(Setup.DataFolder), Path.Combine(Folder.Path, "moved.db"));
        var log = await File.ReadAllBytesAsync(Hub.Log(Setup.DataFolder));

        await AssertRefusedAsync(Setup, "'hub.db' is gone", "'hub.db-wal' is there", "backup");
        await AssertCheckRefusesAsync("'hub.db' is gone", "'hub.db-wal' is there", "backup");
        Assert.Equal(log, await File.ReadAllBytesAsync(Hub.Log(Setup.DataFolder)));
        Assert.False(File.Exists(Hub.File(Setup.DataFolder)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_empty_file_is_refused_and_its_log_left_alone(bool hasLog)
    {
        await (await StartAsync()).KillAsync();
        await File.WriteAllBytesAsync(Hub.File(Setup.DataFolder), []);
        if (!hasLog)
            File.Delete(Hub.Log(Setup.DataFolder));
        var log = hasLog ? await File.ReadAllBytesAsync(Hub.Log(Setup.DataFolder)) : [];

        await AssertRefusedAsync(Setup, "'hub.db' is empty", "backup");
        await AssertCheckRefusesAsync("'hub.db' is empty", "backup");
        var (exit, said) = await Hub.RunAsync([], "export", "--data", Setup.DataFolder, "--output", Path.Combine(Folder.Path, "exported"));

        Assert.True(exit == Unusable, said);
        Assert.Contains("'hub.db' is empty", said, StringComparison.Ordinal);
        Assert.Equal(0, new FileInfo(Hub.File(Setup.DataFolder)).Length);
        Assert.Equal(hasLog, File.Exists(Hub.Log(Setup.DataFolder)));
        if (hasLog)
            Assert.Equal(log, await File.ReadAllBytesAsync(Hub.Log(Setup.DataFolder)));
    }

    [Fact]
    public async Task A_file_that_is_a_link_is_refused()
    {
        await (await StartAsync()).KillAsync();
        var target = Path.Combine(Folder.Path, "target.db");
        File.Move(Hub.File(Setup.DataFolder), target);
        File.CreateSymbolicLink(Hub.File(Setup.DataFolder), target);

        await AssertRefusedAsync(Setup, "'hub.db' is a symbolic link", target);
        await AssertCheckRefusesAsync("'hub.db' is a symbolic link", target);
        Assert.False(File.Exists(target + "-wal"));
    }

    [Fact]
    public async Task A_database_of_another_program_is_refused_and_left_as_it_is()
    {
        Directory.CreateDirectory(Setup.DataFolder);
        await File.WriteAllBytesAsync(Hub.File(Setup.DataFolder), []);
        using (var other = Hub.Open(Setup.DataFolder))
            other.Run("CREATE TABLE t (a)");
        var before = await File.ReadAllBytesAsync(Hub.File(Setup.DataFolder));

        await AssertRefusedAsync(Setup, "not a database of this program", "--data");
        await AssertCheckRefusesAsync("not a database of this program", "--data");
        Assert.Equal(before, await File.ReadAllBytesAsync(Hub.File(Setup.DataFolder)));
    }

    [Fact]
    public async Task A_file_that_an_earlier_program_made_or_had_begun_to_make_is_taken()
    {
        var server = await StartAsync();
        var session = await server.Api.CreateSessionAsync();
        await server.KillAsync();
        using (var other = Hub.Open(Setup.DataFolder))
            other.Run("PRAGMA application_id = 0");
        var again = await StartAsync();
        await again.Api.GetAsync($"/session/{session}");

        // Killed in its first start: a first page, and no table.
        var begun = Setup with { DataFolder = Folder.Sub("begun") };
        await File.WriteAllBytesAsync(Hub.File(begun.DataFolder), []);
        using (var other = Hub.Open(begun.DataFolder))
        {
            other.Run("PRAGMA auto_vacuum = incremental");
            other.Run("PRAGMA journal_mode = wal");
        }

        Assert.NotEqual(0, new FileInfo(Hub.File(begun.DataFolder)).Length);
        await (await StartAsync(begun)).Api.CreateSessionAsync();
    }

    [Fact]
    public async Task What_a_crash_left_of_a_new_file_is_in_nobodys_way()
    {
        Directory.CreateDirectory(Setup.DataFolder);
        await File.WriteAllTextAsync(Hub.File(Setup.DataFolder) + ".new", "half of it");
        await File.WriteAllTextAsync(Hub.File(Setup.DataFolder) + ".new-journal", "half of it");

        var server = await StartAsync();
        await server.Api.CreateSessionAsync();
        Assert.Empty(Directory.EnumerateFiles(Setup.DataFolder, "*.new*"));

        // Also beside a file that was put back.
        await server.KillAsync();
        await File.WriteAllTextAsync(Hub.File(Setup.DataFolder) + ".new-wal", "half of it");
        await StartAsync();
        Assert.Empty(Directory.EnumerateFiles(Setup.DataFolder, "*.new*"));
    }

    [Fact]
    public async Task A_restored_file_that_others_may_read_is_kept_to_its_owner()
    {
        var server = await StartAsync();
        Assert.All(Files(), static file => Assert.True(Unix.IsForOwnerAlone(file), file));
        await server.KillAsync();
        foreach (var file in Files())
            Unix.LetOthersRead(file);

        await StartAsync();

        Assert.All(Files(), static file => Assert.True(Unix.IsForOwnerAlone(file), file));

        string[] Files() => Directory.GetFiles(Setup.DataFolder, "hub.db*");
    }

    [SkippableFact]
    public async Task A_folder_that_may_not_be_read_is_said_to_be_one()
    {
        Needs.Root();
        await (await StartAsync()).KillAsync();

        var (exit, said) = await Hub.RunAsync(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"], "check", Setup.DataFolder);

        Assert.True(exit == Unusable, said);
        Assert.Contains("may not be read", said, StringComparison.Ordinal);
        Assert.DoesNotContain("..", said, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task What_is_read_only_is_refused_and_named(bool folder, bool isUsed)
    {
        Needs.Root();
        Directory.CreateDirectory(Setup.DataFolder);
        if (isUsed)
        {
            var server = await StartAsync();
            server.Signal(Unix.Terminate);
            await server.ExitAsync();
        }

        // Of root nothing is read-only but a mount.
        var what = folder ? Setup.DataFolder : Hub.File(Setup.DataFolder);
        string[] within = ["unshare", "-m", "--propagation", "private", "sh", "-c", "mount --bind \"$0\" \"$0\" && mount -o remount,bind,ro \"$0\" && exec \"$@\"", what];

        await AssertRefusedAsync(Setup with { Within = within }, Setup.DataFolder, folder ? "Read-only file system" : "'hub.db' cannot be opened for writing", "--data");
        if (isUsed)
            await Hub.AssertWholeAsync(Setup.DataFolder);
    }

    [SkippableTheory]
    [InlineData((int)HubDisk.Failing.Syncs)]
    [InlineData((int)HubDisk.Failing.Writes)]
    public async Task An_error_of_the_disk_ends_the_server_and_loses_nothing_acknowledged(int failing)
    {
        using var disk = HubDisk.Make(Folder);
        var server = await StartAsync(Setup with { Within = disk.Within });
        var session = await server.Api.CreateSessionAsync(new { title = "acknowledged" });

        disk.Fail((HubDisk.Failing)failing);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/session") { Content = JsonContent.Create(new { title = "unknown" }) };
        try
        {
            using var answer = await server.Api.SendAsync(request);
            Assert.InRange(answer.StatusCode, HttpStatusCode.InternalServerError, HttpStatusCode.InsufficientStorage);
        }
        catch (HttpRequestException)
        {
            // The server was faster.
        }

        Assert.Equal(JournalDied, await server.ExitAsync());
        Assert.Contains(Hub.File(Setup.DataFolder), server.Log, StringComparison.Ordinal);
        Assert.Contains("Look at the disk", server.Log, StringComparison.Ordinal);
        disk.Fail(HubDisk.Failing.None);
        var restarted = await StartAsync();
        Assert.Equal("acknowledged", (await restarted.Api.GetAsync($"/session/{session}")).Text("title"));
    }

    [SkippableFact]
    public async Task A_quota_that_is_used_up_is_507_reads_go_on_and_so_does_everything_when_there_is_room()
    {
        using var disk = HubDisk.Make(Folder);
        var server = await StartAsync(Setup with { Within = disk.Within });
        var session = await server.Api.CreateSessionAsync(new { title = "acknowledged" });

        disk.Fail(HubDisk.Failing.Quota);
        for (var tries = 0; tries < 3; tries++)
        {
            await Eventually.TrueAsync(
                async () =>
                {
                    Assert.Equal(HttpStatusCode.InsufficientStorage, await CreateAsync(server));
                    return server.Log.Split("The store has no room").Length - 1 > tries;
                },
                "another try");
        }

        Assert.Equal("acknowledged", (await server.Api.GetAsync($"/session/{session}")).Text("title"));
        disk.Fail(HubDisk.Failing.None);

        await Eventually.TrueAsync(async () => await CreateAsync(server) == HttpStatusCode.OK, "a session to be created");
        await server.KillAsync();
        await Hub.AssertWholeAsync(Setup.DataFolder);
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_start_without_quota_says_that_there_is_no_room(bool isFirst)
    {
        using var disk = HubDisk.Make(Folder);
        if (!isFirst)
            await (await StartAsync()).KillAsync();

        disk.Fail(HubDisk.Failing.Quota);

        await AssertRefusedAsync(Setup with { Within = disk.Within }, "its disk is full");
        Assert.Equal(!isFirst, Directory.EnumerateFiles(Setup.DataFolder, "hub.db*").Any());
    }

    [Theory]
    [InlineData("1")]
    [InlineData("true")]
    public async Task A_start_without_file_locks_is_refused_and_names_the_variable(string value) =>
        await AssertRefusedAsync(Setup with { Within = ["env", $"DOTNET_SYSTEM_IO_DISABLEFILELOCKING={value}"] }, Setup.DataFolder, "DOTNET_SYSTEM_IO_DISABLEFILELOCKING");

    [SkippableFact]
    public async Task A_file_that_cannot_be_read_refuses_the_start()
    {
        using var disk = HubDisk.Make(Folder);
        await (await StartAsync()).KillAsync();

        disk.Fail(HubDisk.Failing.Reads);

        await AssertRefusedAsync(Setup with { Within = disk.Within }, "hub.db", "disk");
    }

    private static async Task<HttpStatusCode> CreateAsync(ServerProcess server)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/session") { Content = JsonContent.Create(new { title = "one more" }) };
        using var answer = await server.Api.SendAsync(request);
        return answer.StatusCode;
    }

    private async Task AssertRefusedAsync(ServerSetup setup, params string[] named)
    {
        var refused = Own(ServerProcess.Spawn(setup));

        Assert.True(await refused.ExitAsync() == Unusable, refused.Errors);
        Assert.All(named, name => Assert.Contains(name, refused.Errors, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", refused.Errors, StringComparison.Ordinal);
        Assert.Empty(refused.Output);
    }

    private async Task AssertCheckRefusesAsync(params string[] named)
    {
        var (exit, said) = await Hub.CheckAsync(Setup.DataFolder);

        Assert.Equal(Unusable, exit);
        Assert.All(named, name => Assert.Contains(name, said, StringComparison.Ordinal));
    }
}
