using System.Net;
using OpenCode.Actors.EndToEnd.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Front;

/// <summary>The data folder cannot be used for a while, or its database is gone, while a front serves.</summary>
public sealed class FolderLossTests(ITestOutputHelper output) : FrontTest(output)
{
    private const int DataFolder = 3;
    private const string Blind = "The holder of the data folder";

    private string Moved => Path.Combine(Folder.Path, "moved");

    [Fact]
    public async Task A_front_does_not_begin_anew_where_the_database_of_its_holder_is_gone()
    {
        var (holder, front) = await StartBothAsync();
        front.Signal(Unix.Stop); // so that it does not take the folder
        await holder.KillAsync();
        foreach (var file in Directory.EnumerateFiles(Setup.DataFolder, "hub.db*"))
            File.Delete(file);
        front.Signal(Unix.Continue);

        Assert.Equal(DataFolder, await front.ExitAsync());
        Assert.Contains("'hub.db' is gone", front.Log, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(Setup.DataFolder, "hub.db*"));
    }

    [Fact]
    public async Task A_front_does_not_begin_anew_where_the_database_of_its_holder_is_empty()
    {
        var (holder, front) = await StartBothAsync();
        front.Signal(Unix.Stop);
        await holder.KillAsync();
        var file = Path.Combine(Setup.DataFolder, "hub.db");
        await File.WriteAllBytesAsync(file, []);
        front.Signal(Unix.Continue);

        Assert.Equal(DataFolder, await front.ExitAsync());
        Assert.Contains("'hub.db' is empty", front.Log, StringComparison.Ordinal);
        Assert.Equal(0, new FileInfo(file).Length);
        Assert.NotEqual(0, new FileInfo(file + "-wal").Length);
    }

    [Fact]
    public async Task A_folder_that_is_not_there_for_a_while_ends_no_front_and_is_taken_over_when_it_is_back()
    {
        var (holder, front) = await StartBothAsync();
        var session = await front.Api.CreateSessionAsync();
        front.Signal(Unix.Stop);
        await holder.KillAsync();
        Directory.Move(Setup.DataFolder, Moved);
        front.Signal(Unix.Continue);

        await Eventually.TrueAsync(() => front.Log.Contains(Blind, StringComparison.Ordinal), "the warning");
        await Task.Delay(TimeSpan.FromSeconds(1)); // for some more rounds
        Assert.False(Directory.Exists(Setup.DataFolder), "It made a folder.");
        Directory.Move(Moved, Setup.DataFolder);

        await BecomesHolderAsync(front);
        await front.Api.GetAsync($"/session/{session}");
        Assert.Single(front.Log.Split('\n'), line => line.Contains(Blind, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_a_front_cannot_read_ends_it_not_while_its_holder_serves()
    {
        var (holder, front) = await StartBothAsync();
        var notice = Path.Combine(Setup.DataFolder, "holder.json");
        var aside = Path.Combine(Setup.DataFolder, "aside.json");
        File.Move(notice, aside);
        Directory.CreateDirectory(notice); // which cannot be read as a file

        await Eventually.TrueAsync(() => front.Log.Contains(Blind, StringComparison.Ordinal), "the warning");
        await front.Api.CreateSessionAsync();
        Directory.Delete(notice);
        File.Move(aside, notice);

        await holder.KillAsync();
        await BecomesHolderAsync(front);
    }

    [Fact]
    public async Task A_folder_that_is_gone_with_its_holder_ends_the_front()
    {
        var (holder, front) = await StartBothAsync();
        front.Signal(Unix.Stop);
        await holder.KillAsync();
        Directory.Move(Setup.DataFolder, Moved);
        front.Signal(Unix.Continue);

        try
        {
            using var answer = await front.Api.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/session"));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        }
        catch (HttpRequestException)
        {
            // It ended first.
        }

        Assert.Equal(DataFolder, await front.ExitAsync());
        Assert.False(Directory.Exists(Setup.DataFolder), "It made a folder.");
    }
}
