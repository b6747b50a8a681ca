using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Sqlite.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Crashes;

/// <summary>Rule "One holder" and rule "The store says what is wrong", as an operator meets them.</summary>
public sealed class DataFolderTests(ITestOutputHelper output) : ServerTest(output)
{
    private const int BadOption = 2;
    private const int LockedOrDamaged = 3;
    private const int JournalDied = 5;
    private const int PageBytes = 4096;

    [Fact]
    public async Task A_second_process_on_the_same_folder_is_refused_where_it_is_to_be_exclusive()
    {
        var server = await StartAsync();

        var second = Own(ServerProcess.Spawn(Setup with { Arguments = ["--exclusive"] }));

        Assert.Equal(LockedOrDamaged, await second.ExitAsync());
        Assert.Contains(Setup.DataFolder, second.Errors, StringComparison.Ordinal);
        Assert.Contains(server.Root.GetLeftPart(UriPartial.Authority), second.Errors, StringComparison.Ordinal);
        Assert.Contains($"process {server.Id}", second.Errors, StringComparison.Ordinal);
        await server.Api.GetAsync("/global/health");
    }

    [Fact]
    public async Task A_damaged_file_refuses_the_start_and_names_file_and_remedy()
    {
        await FillAsync();
        var undo = Garble(0, 1);

        var refused = Own(ServerProcess.Spawn(Setup));

        Assert.Equal(LockedOrDamaged, await refused.ExitAsync());
        AssertClear(refused.Errors);
        Assert.True(refused.Errors.Length < 4_000, $"A clear message, not a dump: {refused.Errors}");
        Assert.DoesNotContain("   at ", refused.Errors, StringComparison.Ordinal);
        await AssertCheckFindsDamageAsync();
        undo();
        await AssertAllThereAsync();
    }

    [Fact]
    public async Task Damage_that_a_start_does_not_come_by_is_named_at_the_first_read_and_found_by_check()
    {
        await FillAsync();
        var length = new FileInfo(Hub.File(Setup.DataFolder)).Length;

        // All that is not read by a start: pages behind those that the schema came with.
        var undo = Garble(20 * PageBytes, (int)((length / PageBytes) - 20));
        await AssertCheckFindsDamageAsync();
        var ends = Own(ServerProcess.Spawn(Setup));

        Assert.True(await ends.ExitAsync() is LockedOrDamaged or JournalDied, ends.Errors);
        AssertClear(ends.Errors);
        undo();
        await AssertAllThereAsync();
    }

    [Fact]
    public async Task Damage_that_an_end_of_the_machine_may_have_left_is_looked_for_in_the_background_and_ends_the_server()
    {
        await FillAsync();
        using (var other = Hub.Open(Setup.DataFolder))
            other.Run("UPDATE setting SET value = 'another boot' WHERE key = 'boot'");

        // A page of the log with events that no test reads: neither the first such page, which was its root once, nor the last.
        var pages = File.ReadAllBytes(Hub.File(Setup.DataFolder)).Chunk(PageBytes).Index().Where(static page => page.Item.AsSpan().IndexOf("session.created"u8) >= 0).ToArray();
        Garble(pages[pages.Length / 2].Index * PageBytes, 1);
        var server = Own(ServerProcess.Spawn(Setup));

        Assert.Equal(JournalDied, await server.ExitAsync());
        Assert.Contains("found after the machine was started anew", server.Errors, StringComparison.Ordinal);
        Assert.Contains("opencode server listening", server.Output, StringComparison.Ordinal);
        AssertClear(server.Errors);
    }

    [Theory]
    [InlineData("UPDATE log_batch SET body = substr(body, 1, length(body) - 1) || X'7F' WHERE first = (SELECT max(first) FROM log_batch)")]
    [InlineData("UPDATE log_batch SET body = zeroblob(length(body)) WHERE first = (SELECT min(first) FROM log_batch)")]
    [InlineData("DELETE FROM log_batch WHERE first = (SELECT min(first) FROM log_batch WHERE first > 5)")]
    [InlineData("UPDATE log_batch SET count = count + 1 WHERE first = (SELECT max(first) FROM log_batch)")]
    [InlineData("UPDATE log_batch SET generation = 9000000000000 WHERE first = (SELECT max(first) FROM log_batch)")]
    [InlineData("UPDATE state SET body = substr(body, 2) WHERE born = (SELECT max(born) FROM state)")]
    [InlineData("UPDATE state SET pos = pos + 1000 WHERE born = (SELECT max(born) FROM state)")]
    public async Task Check_finds_what_sqlite_itself_cannot_see(string harm)
    {
        await FillAsync();
        await Hub.AssertWholeAsync(Setup.DataFolder);
        using (var other = Hub.Open(Setup.DataFolder))
            other.Run(harm);

        await AssertCheckFindsDamageAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(5_000)]
    public async Task What_follows_the_last_commit_in_the_log_of_the_file_is_left_out(int tornBytes)
    {
        var server = await StartAsync();
        var session = await server.Api.CreateSessionAsync(new { title = "Before the tear" });
        await server.KillAsync();

        var torn = new byte[tornBytes];
        new Random(tornBytes).NextBytes(torn);
        await using (var log = new FileStream(Hub.Log(Setup.DataFolder), FileMode.Append, FileAccess.Write))
            await log.WriteAsync(torn);

        await AssertGoesOnAsync(session);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5_000)]
    public async Task A_log_of_the_file_that_is_cut_ends_early_and_the_server_starts(int cutBytes)
    {
        var server = await StartAsync();
        var session = await server.Api.CreateSessionAsync(new { title = "Before the tear" });
        for (var n = 0; n < 5; n++)
            await server.Api.PublishToastAsync($"{n}");
        await server.KillAsync();

        await using (var log = new FileStream(Hub.Log(Setup.DataFolder), FileMode.Open, FileAccess.Write))
            log.SetLength(log.Length - cutBytes);

        await AssertGoesOnAsync(session);
    }

    [Fact]
    public async Task Check_changes_no_folder_and_no_write_ahead_log_that_is_not_merged_yet()
    {
        var server = await StartAsync();
        await server.Api.CreateSessionAsync();
        await server.KillAsync();
        var before = Contents();

        await Hub.AssertWholeAsync(Setup.DataFolder);

        Assert.Equal(before, Contents());
        Assert.Contains(before, file => file.Contains("-wal", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Check_of_a_stopped_folder_leaves_nothing_behind()
    {
        await FillAsync();
        var before = Directory.GetFiles(Setup.DataFolder).Order().ToArray();

        await Hub.AssertWholeAsync(Setup.DataFolder);

        Assert.Equal(before, Directory.GetFiles(Setup.DataFolder).Order());
        Assert.DoesNotContain(before, static file => file.Contains("hub.db-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Commands_on_what_is_no_folder_with_a_journal_say_so_and_make_nothing()
    {
        var empty = Folder.Sub("empty");
        var file = Path.Combine(Folder.Path, "a-file");
        await File.WriteAllTextAsync(file, "");

        await AssertSaysAsync("is a file", "check", file);
        await AssertSaysAsync("no data folder", "check", file + "-missing");
        await AssertSaysAsync("is a file", "export", "--data", file);
        await AssertSaysAsync("There is no journal", "export", "--data", empty);
        await AssertSaysAsync("a-file-missing", "import", "--data", empty, file + "-missing");

        Assert.Empty(Directory.EnumerateFileSystemEntries(empty));

        static async Task AssertSaysAsync(string part, params string[] command)
        {
            var (exit, said) = await Hub.RunAsync([], command);
            Assert.True(exit == BadOption, said);
            Assert.Contains(part, said, StringComparison.Ordinal);
            Assert.DoesNotContain("..", said, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_default_data_folder_is_below_a_home_that_does_not_exist_yet()
    {
        var home = Path.Combine(Folder.Path, "home-missing");

        var (exit, said) = await Hub.RunAsync(["-u", "XDG_DATA_HOME", $"HOME={home}"], "export");

        Assert.True(exit == BadOption, said);
        Assert.Contains($"'{home}/.local/share/opencode-actors'", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_export_is_for_its_owner_alone()
    {
        await FillAsync();
        var lines = Path.Combine(Folder.Path, "export.jsonl");

        var (exit, said) = await Hub.RunAsync([], "export", "--data", Setup.DataFolder, "--output", lines);

        Assert.True(exit == 0, said);
        Assert.True(Unix.IsForOwnerAlone(lines));
    }

    private string[] Contents() =>
        [.. Directory.EnumerateFiles(Setup.DataFolder).Where(f => !f.EndsWith("-shm", StringComparison.Ordinal)).Order().Select(f => $"{f} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(f)))}")];

    private async Task FillAsync()
    {
        var server = await StartAsync();
        for (var n = 0; n < 40; n++)
            await server.Api.CreateSessionAsync(new { title = $"{n} {new string('.', 3_000)}" });

        server.Signal(Unix.Terminate);
        Assert.Equal(0, await server.ExitAsync());
    }

    private Action Garble(long at, int pages)
    {
        var file = Hub.File(Setup.DataFolder);
        var whole = File.ReadAllBytes(file);
        var bytes = whole.ToArray();
        new Random(pages).NextBytes(bytes.AsSpan((int)at, pages * PageBytes));
        File.WriteAllBytes(file, bytes);
        return () => File.WriteAllBytes(file, whole);
    }

    private async Task AssertCheckFindsDamageAsync()
    {
        var (exit, said) = await Hub.CheckAsync(Setup.DataFolder);

        Assert.True(exit == LockedOrDamaged, said);
        Assert.Contains("DAMAGED", said, StringComparison.Ordinal);
        Output.WriteLine(said);
    }

    private async Task AssertAllThereAsync()
    {
        foreach (var left in Directory.EnumerateFiles(Setup.DataFolder, "hub.db-*"))
            File.Delete(left);
        var mended = await StartAsync();
        Assert.Equal(40, (await mended.Api.GetAsync("/session")).GetArrayLength());
    }

    private async Task AssertGoesOnAsync(string session)
    {
        await Hub.AssertWholeAsync(Setup.DataFolder);
        var restarted = await StartAsync();
        Assert.Equal("Before the tear", (await restarted.Api.GetAsync($"/session/{session}")).Text("title"));
        await restarted.Api.AskAsync(session, "hello");
        await restarted.KillAsync();
        var again = await StartAsync();
        Assert.Equal(2, (await again.Api.MessagesAsync(session)).Count);
    }

    private static void AssertClear(string errors)
    {
        Assert.Contains("hub.db", errors, StringComparison.Ordinal);
        Assert.Contains("backup", errors, StringComparison.Ordinal);
    }
}
