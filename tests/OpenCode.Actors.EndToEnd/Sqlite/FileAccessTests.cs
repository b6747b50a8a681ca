using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Sqlite.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Sqlite;

/// <summary>Rule "The store says what is wrong": a file or a folder that others hold, may read, or may not be written.</summary>
public sealed class FileAccessTests(ITestOutputHelper output) : RefusedFileKit(output)
{
    [Fact]
    public async Task A_start_beside_a_transaction_of_another_process_says_so()
    {
        await (await StartAsync()).KillAsync();
        using var other = Hub.Open(Setup.DataFolder);
        other.Run("BEGIN IMMEDIATE");

        await AssertRefusedAsync(Setup, "hub.db", "another process", "sqlite3");
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

    [Theory]
    [InlineData("1")]
    [InlineData("true")]
    public async Task A_start_without_file_locks_is_refused_and_names_the_variable(string value) =>
        await AssertRefusedAsync(Setup with { Within = ["env", $"DOTNET_SYSTEM_IO_DISABLEFILELOCKING={value}"] }, Setup.DataFolder, "DOTNET_SYSTEM_IO_DISABLEFILELOCKING");
}
