using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Sqlite.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Sqlite;

/// <summary>Rule "One holder": where the lock of the folder does nothing, the generation decides which process writes.</summary>
public sealed class TwoHoldersTests(ITestOutputHelper output) : ServerTest(output)
{
    private const int Taken = 3;

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_older_of_two_holders_writes_nothing_and_ends(bool hasWork)
    {
        Needs.Root();
        var older = await StartAsync();

        // Not frozen inside the transaction that gives the log its room, which would keep the file locked: what is created comes behind it.
        await Eventually.TrueAsync(() => new FileInfo(Hub.Log(Setup.DataFolder)).Length > 12 * 1024 * 1024, "the room of the log");
        var session = await older.Api.CreateSessionAsync(new { title = "of the older" });
        await Unix.FreezeAsync(older.Id);

        var newer = await StartAsync(WithoutLock());
        await newer.Api.CallAsync(HttpMethod.Patch, $"/session/{session}", new { title = "of the newer" });
        await using var stream = await newer.ListenAsync();
        await stream.WaitForTypeAsync("server.connected");
        var work = hasWork ? Task.WhenAll(Enumerable.Range(0, 20).Select(n => RenameAsync(older, session, n))) : Task.CompletedTask;
        older.Signal(Unix.Continue);

        Assert.Equal(Taken, await older.ExitAsync());
        await work;
        Assert.Contains("another process has begun a generation", older.Log, StringComparison.Ordinal);
        Assert.Equal("of the newer", (await newer.Api.GetAsync($"/session/{session}")).Text("title"));
        await newer.Api.PublishToastAsync("nothing before this");
        Assert.Equal("tui.toast.show", (await stream.WaitForAsync(f => !f.IsOfTheStream, "an event")).Type);
        using (var file = Hub.Open(Setup.DataFolder))
            Assert.Equal(0L, file.Run("SELECT count(*) FROM log_batch WHERE generation < (SELECT max(number) FROM generation) AND first > (SELECT max(head_before) FROM generation)"));
        await newer.KillAsync();
        await Hub.AssertWholeAsync(Setup.DataFolder);
    }

    // A file of its own over the lock file: another process's lock is not seen, as on some network mounts.
    private ServerSetup WithoutLock()
    {
        var other = Path.Combine(Folder.Path, "other-lock");
        File.WriteAllText(other, "");
        return Setup with
        {
            Within = ["unshare", "-m", "--propagation", "private", "sh", "-c", "mount --bind \"$0\" \"$1\" && shift && exec \"$@\"", other, Path.Combine(Setup.DataFolder, "lock")],
        };
    }

    // It may be refused, cut or never answered, but never done.
    private static async Task RenameAsync(ServerProcess server, string session, int number)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Patch, $"/session/{session}") { Content = System.Net.Http.Json.JsonContent.Create(new { title = $"late {number}" }) };
            using var answer = await server.Api.SendAsync(request);
            Assert.False(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // It has ended.
        }
    }
}
