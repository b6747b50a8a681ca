using System.Net;
using System.Net.Http.Json;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Sqlite.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Sqlite;

/// <summary>Rule "The store says what is wrong": a disk that fails.</summary>
public sealed class DiskFaultTests(ITestOutputHelper output) : RefusedFileKit(output)
{
    private const int JournalDied = 5;

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
}
