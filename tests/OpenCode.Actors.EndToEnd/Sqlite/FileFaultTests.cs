using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Sqlite.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Sqlite;

/// <summary>Rule "The store says what is wrong" and rule "Only SQLite opens the file": what a start finds in place of its file.</summary>
public sealed class FileFaultTests(ITestOutputHelper output) : RefusedFileKit(output)
{
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
}
