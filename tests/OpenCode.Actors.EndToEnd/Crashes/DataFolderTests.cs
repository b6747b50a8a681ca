using System.Text;
using OpenCode.Actors.EndToEnd.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Crashes;

/// <summary>RULES B1 and DESIGN 9 and 10: whose folder it is, and what a damaged one leads to.</summary>
public sealed class DataFolderTests(ITestOutputHelper output) : ServerTest(output)
{
    private const int LockedOrDamaged = 3;

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
    public async Task Damage_in_the_middle_refuses_the_start_and_names_file_byte_and_remedy()
    {
        var server = await StartAsync();
        await server.Api.CreateSessionAsync(new { title = "To be damaged" });
        for (var n = 0; n < 20; n++)
            await server.Api.CreateSessionAsync(new { title = $"Later {n}" });

        await server.KillAsync();
        var (file, at) = Find(server.Setup, "To be damaged");
        FlipBit(file, at);
        var refused = Own(ServerProcess.Spawn(Setup));

        Assert.Equal(LockedOrDamaged, await refused.ExitAsync());
        Assert.Contains(Path.GetFileName(file), refused.Errors, StringComparison.Ordinal);
        Assert.Matches("[Bb]yte [0-9]+", refused.Errors);
        Assert.True(refused.Errors.Length < 4_000, $"A clear message, not a dump: {refused.Errors}");
        Assert.DoesNotContain("   at ", refused.Errors, StringComparison.Ordinal);

        var check = Own(ChildProcess.Start("dotnet", [Repository.ServerDll, "check", server.Setup.DataFolder], Folder.Path));
        Assert.Equal(LockedOrDamaged, await check.ExitAsync());

        FlipBit(file, at);
        var mended = await StartAsync();
        Assert.Equal(21, (await mended.Api.GetAsync("/session")).GetArrayLength());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(5_000)]
    public async Task A_torn_tail_is_cut_and_the_server_starts(int tornBytes)
    {
        var server = await StartAsync();
        var session = await server.Api.CreateSessionAsync(new { title = "Before the tear" });
        await server.KillAsync();

        var (file, _) = Find(server.Setup, "Before the tear");
        var torn = new byte[tornBytes];
        new Random(tornBytes).NextBytes(torn);
        var end = EndOfData(file);
        await using (var log = new FileStream(file, FileMode.Open, FileAccess.Write))
        {
            log.Position = end;
            await log.WriteAsync(torn);
        }

        var restarted = await StartAsync();
        Assert.Equal("Before the tear", (await restarted.Api.GetAsync($"/session/{session}")).Text("title"));
        await restarted.Api.AskAsync(session, "hello");
        await restarted.KillAsync();
        var again = await StartAsync();
        Assert.Equal(2, (await again.Api.MessagesAsync(session)).Count);
    }

    private static (string File, long At) Find(ServerSetup setup, string text)
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(setup.DataFolder, "journal"), "*.log"))
        {
            var at = File.ReadAllBytes(file).AsSpan().IndexOf(Encoding.UTF8.GetBytes(text));
            if (at >= 0)
                return (file, at);
        }

        throw new InvalidDataException($"'{text}' stands in no segment.");
    }

    /// <summary>The last byte that is not zero: a segment may have been made longer than it is filled.</summary>
    private static long EndOfData(string file) => File.ReadAllBytes(file).AsSpan().TrimEnd((byte)0).Length;

    private static void FlipBit(string file, long at)
    {
        var bytes = File.ReadAllBytes(file);
        bytes[at] ^= 1;
        File.WriteAllBytes(file, bytes);
    }
}
