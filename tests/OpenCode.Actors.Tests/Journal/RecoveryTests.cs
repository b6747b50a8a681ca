using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Disks;

namespace OpenCode.Actors.Tests.Journal;

public sealed class RecoveryTests : JournalKit
{
    private const int FrameHeaderBytes = 64;

    [Fact]
    public async Task B1_a_tail_that_was_never_synced_is_cut_where_its_first_bad_batch_begins()
    {
        var journal = await OpenAsync();
        await AppendAsync(journal, 3);
        var synced = LengthOf(FirstSegment);
        await AppendAsync(journal, 5, durable: false);
        Disk.Kill();
        Disk.FlipBit(FirstSegment, (synced + FrameHeaderBytes + 20) * 8);

        await using var recovered = await OpenAsync();

        Assert.Equal(3, recovered.Head);
        Assert.Equal(synced, LengthOf(FirstSegment));
        Assert.Equal([0L, 3], recovered.Timeline.Generations.Select(g => g.HeadBefore));
        Assert.Equal(4, await recovered.AppendAsync(Specifications.Make.Batch(Specifications.Make.Entry("new")), default));
    }

    [Fact]
    public async Task A3_a_folder_that_was_restored_gives_no_generation_a_second_time_so_no_cursor_of_what_was_lost_is_good()
    {
        await using (var journal = await OpenAsync())
            await AppendAsync(journal, 3);
        var backup = Disk.Copy();
        Time.Advance(TimeSpan.FromMilliseconds(1));
        long lost;
        await using (var journal = await OpenAsync())
        {
            await AppendAsync(journal, 3);
            lost = journal.Timeline.Current;
        }

        Disk = backup;
        Time.Advance(TimeSpan.FromMilliseconds(1));
        await using var restored = await OpenAsync();
        await AppendAsync(restored, 9);

        Assert.Equal(0, restored.Timeline.LeastHeadAfter(lost));
        Assert.Equal(3, restored.Timeline.LeastHeadAfter(1));
    }

    [Fact]
    public async Task B1_a_batch_that_a_crash_left_half_is_cut_although_something_valid_follows()
    {
        var journal = await OpenAsync();
        await AppendAsync(journal, 2, durable: false);
        var hole = LengthOf(FirstSegment);
        await AppendAsync(journal, 1, durable: false, propertiesBytes: 1000);
        await AppendAsync(journal, 1, durable: false);
        Disk.Kill();
        await WriteAsync(FirstSegment, hole + 512, new byte[100]);

        await using var recovered = await OpenAsync();

        Assert.Equal(["e1", "e2"], (await ReadAsync(recovered)).Select(e => e.Type));
    }

    [Fact]
    public async Task B1_damage_below_what_a_later_header_says_was_synced_stops_the_start_and_names_file_byte_and_remedy()
    {
        var journal = await OpenAsync();
        await AppendAsync(journal, 3);
        var damaged = LengthOf(FirstSegment);
        await AppendAsync(journal, 2);
        Disk.Kill();
        Disk.FlipBit(FirstSegment, (damaged + FrameHeaderBytes + 20) * 8);
        var before = LengthOf(FirstSegment);

        var refused = await Assert.ThrowsAsync<JournalCorruptException>(OpenAsync);

        Assert.Equal(FirstSegment, refused.File);
        Assert.Equal(damaged, refused.ByteOffset);
        Assert.Contains("backup", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, LengthOf(FirstSegment));
    }

    [Fact]
    public async Task B1_a_damaged_body_still_tells_by_its_header_what_was_synced()
    {
        var journal = await OpenAsync();
        await AppendAsync(journal, 1);
        var first = LengthOf(FirstSegment);
        await AppendAsync(journal, 1);
        Disk.Kill();

        // Both batches are damaged; only the header of the second says that the first had been synced.
        Disk.FlipBit(FirstSegment, (first - 10) * 8);
        Disk.FlipBit(FirstSegment, (LengthOf(FirstSegment) - 10) * 8);

        await Assert.ThrowsAsync<JournalCorruptException>(OpenAsync);
    }

    [Fact]
    public async Task B1_a_bit_flipped_anywhere_in_a_closed_log_stops_the_start()
    {
        var journal = await OpenAsync();
        await AppendAsync(journal, 60);
        await journal.DisposeAsync();
        await (await OpenAsync()).DisposeAsync();

        foreach (var name in Disk.List("journal"))
        {
            var path = "journal/" + name;
            for (var bit = 3L; bit < LengthOf(path) * 8; bit += 331)
            {
                var healthy = Disk;
                Disk = healthy.Copy();
                Disk.FlipBit(path, bit);

                await Assert.ThrowsAnyAsync<JournalException>(OpenAsync);
                Disk = healthy;
            }
        }
    }

    [Fact]
    public async Task A_log_that_ends_before_what_the_last_start_had_synced_stops_the_start()
    {
        await using (var journal = await OpenAsync())
            await AppendAsync(journal, 5);
        await (await OpenAsync()).DisposeAsync();
        await TruncateAsync(FirstSegment, LengthOf(FirstSegment) - 200);

        var refused = await Assert.ThrowsAsync<JournalCorruptException>(OpenAsync);

        Assert.Contains("had been synced", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(0, 99)]
    public async Task A_missing_segment_stops_the_start(int first, int count)
    {
        await using (var journal = await OpenAsync())
            await AppendAsync(journal, 90);
        await EditAsync(disk => DeleteAsync(disk, disk.List("journal").Skip(first).Take(count).Select(name => "journal/" + name)));

        var refused = await Assert.ThrowsAsync<JournalCorruptException>(OpenAsync);

        Assert.StartsWith("journal/", refused.File, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_journal_on_the_same_disk_is_refused()
    {
        await using var journal = await OpenAsync();

        await Assert.ThrowsAsync<JournalLockedException>(OpenAsync);
    }

    [Fact]
    public async Task A_missing_timeline_stops_the_start()
    {
        await using (var journal = await OpenAsync())
            await AppendAsync(journal, 1);
        await EditAsync(disk => DeleteAsync(disk, ["timeline.json"]));

        var refused = await Assert.ThrowsAsync<JournalCorruptException>(OpenAsync);

        Assert.Equal("timeline.json", refused.File);
    }

    [Fact]
    public async Task A_timeline_that_cannot_be_read_stops_the_start()
    {
        await (await OpenAsync()).DisposeAsync();
        await WriteAsync("timeline.json", 3, "garbage"u8.ToArray());

        Assert.Equal("timeline.json", (await Assert.ThrowsAsync<JournalCorruptException>(OpenAsync)).File);
    }

    [Fact]
    public async Task A_segment_of_another_log_stops_the_start()
    {
        await using (var journal = await OpenAsync())
            await AppendAsync(journal, 1);
        var bytes = new byte[LengthOf(FirstSegment)];
        using (var file = Disk.Open(FirstSegment, DiskFileMode.Read))
            await file.ReadAsync(0, bytes, default);
        var path = FirstSegment;

        Disk = new(8);
        await (await OpenAsync()).DisposeAsync();
        await WriteAsync(path, 0, bytes);

        Assert.Contains("belongs to the log", (await Assert.ThrowsAsync<JournalCorruptException>(OpenAsync)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("segment", 1)]
    [InlineData("timeline.json", 2)]
    public async Task A_newer_format_stops_the_start_and_names_both_versions(string file, int known)
    {
        await using (var journal = await OpenAsync())
            await AppendAsync(journal, 1);
        if (file == "segment")
            await WriteAsync(FirstSegment, 4, 2);
        else
            await WriteAsync(file, """{"version":""".Length, (byte)'3');

        var refused = await Assert.ThrowsAsync<JournalVersionException>(OpenAsync);

        Assert.Equal((known + 1, known), (refused.Found, refused.Known));
    }

    [Fact]
    public async Task A_segment_that_was_being_made_when_the_power_went_is_no_damage()
    {
        await using (var journal = await OpenAsync())
            await AppendAsync(journal, 5);
        await EditAsync(async disk =>
        {
            using var file = disk.Open("journal/00000000000000000006.log", DiskFileMode.Create);
            await file.WriteAsync(0, new byte[30]);
            await file.SyncAsync();
            await disk.SyncFolderAsync("journal");
        });

        await using var recovered = await OpenAsync();

        Assert.Equal(5, recovered.Head);
        Assert.Single(Disk.List("journal"));
    }

    [Fact]
    public async Task A3_the_recovered_tail_is_synced_before_the_new_generation_is_written()
    {
        var journal = await OpenAsync();
        await AppendAsync(journal, 2, durable: false);
        Disk.Kill();
        var operations = new List<string>();
        Disk.Observe = operations.Add;

        journal = await OpenAsync();

        Assert.Equal(["sync " + FirstSegment, "create timeline.json.tmp", "write timeline.json.tmp", "sync timeline.json.tmp", "rename timeline.json", "sync /"], operations);
        Disk.Crash();
        await using var recovered = await OpenAsync();
        Assert.Equal(2, recovered.Head);
    }

    [Fact]
    public async Task A3_a_cursor_of_a_lost_tail_is_beyond_the_least_head_of_a_later_generation()
    {
        var timeline = new Timeline("abcdefgh", [new(1, 0), new(2, 110), new(3, 104), new(4, 300)]);

        Assert.Equal(104, timeline.LeastHeadAfter(1));
        Assert.Equal(104, timeline.LeastHeadAfter(2));
        Assert.Equal(300, timeline.LeastHeadAfter(3));
        Assert.Equal(long.MaxValue, timeline.LeastHeadAfter(4));
        Assert.Equal(4, timeline.Current);
        await Task.CompletedTask;
    }

    [Fact]
    public async Task B4_a_batch_without_a_durable_entry_is_written_and_not_synced()
    {
        var journal = await OpenAsync();
        var operations = new List<string>();
        Disk.Observe = operations.Add;

        await AppendAsync(journal, 1, durable: false);
        Assert.Equal(["write " + FirstSegment], operations);
        await AppendAsync(journal, 1);

        Assert.Equal(["write " + FirstSegment, "write " + FirstSegment, "sync " + FirstSegment], operations);
    }

    private static async Task DeleteAsync(MemoryDisk disk, IEnumerable<string> paths)
    {
        foreach (var path in paths.ToArray())
            disk.Delete(path);

        await disk.SyncFolderAsync("journal");
        await disk.SyncFolderAsync("");
    }
}
