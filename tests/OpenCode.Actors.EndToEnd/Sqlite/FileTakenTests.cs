using System.Diagnostics;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Sqlite.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Sqlite;

/// <summary>Rule "Only SQLite opens the file": what others do to the file under a running server.</summary>
public sealed class FileTakenTests(ITestOutputHelper output) : ServerTest(output)
{
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
}
