using System.Diagnostics;
using System.Net;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Sqlite.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Sqlite;

/// <summary>Rule "Only SQLite opens the file", for a location that holds the data folder: whatever name a client or a configuration gives the store.</summary>
public sealed class StoreBesideClientsTests(ITestOutputHelper output) : ServerTest(output)
{
    private static readonly string[] _names = ["data/hub.db", "data/hub.db-wal", "data/hub.db-shm", "project/../data/./hub.db", "link", "twin", "folder/hub.db"];

    [Fact]
    public async Task The_store_keeps_its_locks_whatever_is_asked()
    {
        var server = await StartAsync();
        var file = Hub.File(Setup.DataFolder);
        File.CreateSymbolicLink(Path.Combine(Folder.Path, "link"), file);
        Directory.CreateSymbolicLink(Path.Combine(Folder.Path, "folder"), Setup.DataFolder);
        using (var ln = Process.Start("ln", [file, Path.Combine(Folder.Path, "twin")]))
            await ln.WaitForExitAsync();
        await server.Api.CreateSessionAsync();
        var locks = Locks(server.Id);
        Assert.Equal(2, locks.Count);

        var here = $"directory={Uri.EscapeDataString(Folder.Path)}";
        foreach (var name in (string[])[.. _names, file, $"/proc/self/root{file}", $"/proc/{server.Id}/root{file}"])
        {
            using var read = await server.Api.SendAsync(new HttpRequestMessage(HttpMethod.Get, $"/file/content?path={Uri.EscapeDataString(name)}&{here}"));
            Assert.DoesNotContain("SQLite format", await read.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            Assert.NotEqual(HttpStatusCode.InternalServerError, read.StatusCode);
        }

        Assert.DoesNotContain("hub.db", (await server.Api.GetAsync($"/find?pattern=SQLite&{here}")).GetRawText(), StringComparison.Ordinal);
        foreach (var name in (string[])[.. _names, file, $"/proc/self/root{file}"])
        {
            File.WriteAllText(Path.Combine(Folder.Path, "opencode.json"), $$"""{"username":"{file:{{name}}}"}""");
            var refusal = await server.Api.GetAsync($"/config?{here}", HttpStatusCode.BadRequest);
            Assert.Contains("the store of this server", refusal.GetRawText(), StringComparison.Ordinal);
        }

        Assert.Equal(locks, Locks(server.Id));
        await server.Api.CreateSessionAsync();
    }

    // /proc/locks: "1: POSIX  ADVISORY  READ 1234 08:01:42 0 EOF". Of SQLite's locks these two last as long as the connection: on the file, and on its -shm; the others come and go with each transaction.
    private static List<string> Locks(int processId) =>
        [.. File.ReadLines("/proc/locks").Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(fields => fields[1] == "POSIX" && fields[4] == $"{processId}" && fields[6] is "1073741826" or "128")
            .Select(static fields => string.Join(' ', fields[3..])).Order(StringComparer.Ordinal)];
}
