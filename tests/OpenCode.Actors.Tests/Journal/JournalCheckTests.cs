using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Checking;
using OpenCode.Actors.Tests.Specifications;

namespace OpenCode.Actors.Tests.Journal;

public sealed class JournalCheckTests : JournalKit
{
    [Fact]
    public async Task A_healthy_folder_is_described()
    {
        await FillAsync();

        var report = await JournalCheck.RunAsync(Disk);

        Assert.True(report.Healthy, report.ToString());
        Assert.Equal(2, report.Timeline!.Generations.Count);
        Assert.Equal((0, 61), (report.Floor, report.Head));
        Assert.Equal(Disk.List("journal").Select(name => "journal/" + name), report.Segments.Select(s => s.File));
        Assert.Equal(62, report.Segments.Sum(s => s.Batches)); // With the mark that the first close left.
        Assert.Equal(1, report.Snapshots);
        Assert.Contains("result     ok", report.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_check_changes_nothing_and_says_what_a_start_would_cut()
    {
        var journal = await OpenAsync();
        await AppendAsync(journal, 2);
        await AppendAsync(journal, 1, durable: false);
        Disk.Kill();
        Disk.FlipBit(FirstSegment, (LengthOf(FirstSegment) - 5) * 8);
        var operations = new List<string>();
        Disk.Observe = operations.Add;

        var report = await JournalCheck.RunAsync(Disk);

        Assert.True(report.Healthy);
        Assert.Equal(2, report.Head);
        Assert.InRange(report.TornBytes, 100, 300);
        Assert.Contains("cuts them off", report.ToString(), StringComparison.Ordinal);
        Assert.Empty(operations);
    }

    [Fact]
    public async Task Damage_is_named_as_a_start_would_name_it()
    {
        await FillAsync();
        Disk.FlipBit(FirstSegment, 1_000 * 8);
        Disk.FlipBit("sessions/ses_1.snap", 70 * 8);

        var report = await JournalCheck.RunAsync(Disk);

        var refused = await Assert.ThrowsAsync<JournalCorruptException>(OpenAsync);
        Assert.False(report.Healthy);
        Assert.Equal(refused.Message, report.Damages[0].Message);
        Assert.Contains("ses_1.snap", report.Damages[1].Message, StringComparison.Ordinal);
        Assert.Contains("DAMAGED", report.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_timeline_and_a_newer_format_are_named()
    {
        await FillAsync();
        await WriteAsync(FirstSegment, 4, 9);
        await EditAsync(disk =>
        {
            disk.Delete("timeline.json");
            return Task.CompletedTask;
        });

        var report = await JournalCheck.RunAsync(Disk);

        Assert.IsType<JournalVersionException>(report.Damages[0]);
        Assert.False(report.Healthy);
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_an_error_and_an_empty_one_is_not()
    {
        var folder = Directory.CreateTempSubdirectory("journal-").FullName;

        Assert.True((await JournalCheck.RunAsync(folder)).Healthy);
        Directory.Delete(folder);
        await Assert.ThrowsAsync<DirectoryNotFoundException>(() => JournalCheck.RunAsync(folder));
    }

    private async Task FillAsync()
    {
        await using (var journal = await OpenAsync())
        {
            await AppendAsync(journal, 60);
            await journal.AppendAsync(new([Make.Entry("a")], [.. Enumerable.Range(0, 20).Select(i => Make.Put("part", "ses_1", $"{i}", "1"))]), default);
            await journal.CompactAsync("ses_1", default);
        }

        await (await OpenAsync()).DisposeAsync();
    }
}
