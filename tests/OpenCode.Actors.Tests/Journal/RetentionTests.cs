using OpenCode.Actors.Journal;
using OpenCode.Actors.Tests.Specifications;

namespace OpenCode.Actors.Tests.Journal;

public sealed class RetentionTests : JournalKit
{
    public RetentionTests() => Options.RecentBytes = 0;

    [Fact]
    public async Task The_oldest_segments_go_when_the_log_is_larger_than_it_may_be()
    {
        Options.RetainBytes = 12_000;
        await using var journal = await OpenAsync();

        await AppendAsync(journal, 200);

        Assert.InRange(Disk.List("journal").Sum(name => LengthOf("journal/" + name)), 8_000, 16_200);
        Assert.True(journal.Floor > 100);
        Assert.Equal(Disk.List("journal")[0], $"{journal.Floor + 1:D20}.log");
        Assert.Equal(Enumerable.Range((int)journal.Floor + 1, 200 - (int)journal.Floor).Select(o => (long)o), (await ReadAsync(journal, journal.Floor)).Select(e => e.Offset));
    }

    [Fact]
    public async Task Segments_go_when_they_are_too_old_but_never_the_active_one()
    {
        Options.RetainMs = 60_000;
        await using var journal = await OpenAsync();
        await AppendAsync(journal, 40);
        var active = Disk.List("journal")[^1];
        Time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(0, await journal.TrimAsync());

        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.NotEqual(0, await journal.TrimAsync());

        Assert.Equal([active], Disk.List("journal"));
        Assert.Equal(40, journal.Head);
    }

    [Fact]
    public async Task Whoever_asks_for_entries_below_the_floor_is_told()
    {
        Options.RetainBytes = 12_000;
        await using var journal = await OpenAsync();
        await AppendAsync(journal, 200);

        var trimmed = await Assert.ThrowsAsync<JournalTrimmedException>(() => ReadAsync(journal, journal.Floor - 1));

        Assert.Equal((journal.Floor - 1, journal.Floor), (trimmed.After, trimmed.Floor));
    }

    [Fact]
    public async Task A_reader_whose_segment_goes_while_it_reads_is_told()
    {
        Options.SegmentBytes = 1_000_000;
        Options.RetainBytes = 2_500_000;
        await using var journal = await OpenAsync();
        await AppendAsync(journal, 20, propertiesBytes: 100_000);
        await using var reader = journal.ReadAsync(0, EntryFilter.All, default).GetAsyncEnumerator();
        Assert.True(await reader.MoveNextAsync());
        Assert.Equal(0, journal.Floor);

        await AppendAsync(journal, 15, propertiesBytes: 100_000);

        Assert.True(journal.Floor > 0);
        await Assert.ThrowsAsync<JournalTrimmedException>(async () =>
        {
            while (await reader.MoveNextAsync())
            {
                // The pages that were buffered are still good.
            }
        });
    }

    [Fact]
    public async Task State_outlives_the_segments_it_was_written_in()
    {
        Options.RetainBytes = 12_000;
        await using (var journal = await OpenAsync())
        {
            await journal.AppendAsync(new([Make.Entry("a")], [Make.Put("session", "ses_1", "ses_1", "1"), Make.Put("part", "ses_1", "p", "1")]), default);
            await journal.AppendAsync(new([Make.Entry("a")], [Make.Put("session", "ses_2", "ses_2", "2")]), default);
            await AppendAsync(journal, 200);
            await journal.AppendAsync(new([], [Make.Put("part", "ses_1", "p", "2")]), default);

            Assert.True(journal.Floor > 2);
            Assert.Equal(["session/ses_1=1", "part/p=2"], await LoadAsync(journal, "ses_1"));
        }

        await using var reopened = await OpenAsync();
        Assert.Equal(["session/ses_1=1", "part/p=2"], await LoadAsync(reopened, "ses_1"));
        Assert.Equal(["session/ses_2=2"], await LoadAsync(reopened, "ses_2"));
        Assert.Equal(["ses_1.snap", "ses_2.snap"], Disk.List("sessions"));
    }

    [Fact]
    public async Task C3_retention_stops_at_the_row_of_an_open_turn_also_after_a_restart_until_it_is_gone()
    {
        Options.RetainBytes = 12_000;
        Options.HoldKinds.Add("open");
        var journal = await OpenAsync();
        await journal.AppendAsync(new([Make.Entry("a")], [Make.Put("part", "ses_1", "p", "1")]), default);
        await AppendAsync(journal, 60);
        await journal.AppendAsync(new([], [Make.Put("open", "ses_1", "p", "\"text\"")]), default);
        var held = journal.Head;
        await AppendAsync(journal, 100);
        await journal.CompactAsync("ses_1", default);
        await journal.DisposeAsync();
        journal = await OpenAsync();
        await AppendAsync(journal, 100);

        Assert.InRange(journal.Floor, 1, held);
        Assert.Equal(["part/p=1", "open/p=\"text\""], await LoadAsync(journal, "ses_1"));
        await journal.AppendAsync(new([], [Make.Delete("open", "ses_1", "p")]), default);
        Time.Advance(TimeSpan.FromSeconds(10));
        await AppendAsync(journal, 1);

        Assert.True(journal.Floor > held + 100);
        Assert.Equal(["part/p=1"], await LoadAsync(journal, "ses_1"));
        await journal.DisposeAsync();
    }

    [Fact]
    public async Task B2_the_old_segment_is_synced_before_anything_is_written_to_the_new_one()
    {
        await using var journal = await OpenAsync();
        await AppendAsync(journal, 1, durable: false, propertiesBytes: 3500);
        var operations = new List<string>();
        Disk.Observe = operations.Add;

        await AppendAsync(journal, 1, durable: false, propertiesBytes: 3500);

        const string Next = "journal/00000000000000000002.log";
        Assert.Equal(["sync " + FirstSegment, "create " + Next, "write " + Next, "sync " + Next, "sync journal/", "write " + Next], operations);
    }

    [Fact]
    public async Task B2_before_a_snapshot_is_renamed_in_the_log_is_synced_up_to_it()
    {
        await using var journal = await OpenAsync();
        await journal.AppendAsync(new([Make.Entry("a", durable: false)], [.. Enumerable.Range(0, 20).Select(i => Make.Put("part", "ses_1", $"{i}", "1"))]), default);
        var operations = new List<string>();
        Disk.Observe = operations.Add;

        await journal.CompactAsync("ses_1", default);

        const string Snapshot = "sessions/ses_1.snap";
        Assert.Equal(
            [$"create {Snapshot}.tmp", $"write {Snapshot}.tmp", $"sync {Snapshot}.tmp", "sync " + FirstSegment, "rename " + Snapshot, "sync sessions/"], operations);
    }

    [Fact]
    public async Task B2_a_segment_goes_only_when_the_snapshots_of_its_owners_are_safe()
    {
        Options.RetainBytes = 6_000;
        await using var journal = await OpenAsync();
        await journal.AppendAsync(new([Make.Entry("a", 3000)], [Make.Put("session", "ses_1", "ses_1", "1")]), default);
        var oldest = FirstSegment;
        var operations = new List<string>();
        Disk.Observe = operations.Add;

        await AppendAsync(journal, 2, propertiesBytes: 3000);

        var order = new[] { "sync sessions/ses_1.snap.tmp", "rename sessions/ses_1.snap", "sync sessions/", "delete " + oldest }.Select(o => operations.IndexOf(o)).ToArray();
        Assert.DoesNotContain(-1, order);
        Assert.Equal(order.Order(), order);
    }

    [Fact]
    public async Task An_owner_with_a_handful_of_rows_stays_in_the_index_and_gets_no_file()
    {
        await using var journal = await OpenAsync();
        await journal.AppendAsync(new([Make.Entry("a")], [Make.Put("session", "ses_1", "ses_1", "1"), Make.Put("message", "ses_1", "m", "1")]), default);

        await journal.CompactAsync("ses_1", default);

        Assert.Empty(Disk.List("sessions"));
        Assert.Equal(["session/ses_1=1", "message/m=1"], await LoadAsync(journal, "ses_1"));
    }

    [Fact]
    public async Task An_owner_whose_rows_are_all_deleted_loses_its_snapshot()
    {
        await using var journal = await OpenAsync();
        await journal.AppendAsync(new([Make.Entry("a")], [.. Enumerable.Range(0, 20).Select(i => Make.Put("part", "ses_1", $"{i}", "1"))]), default);
        await journal.CompactAsync("ses_1", default);
        Assert.Equal(["ses_1.snap"], Disk.List("sessions"));

        await journal.AppendAsync(new([Make.Entry("b")], [.. Enumerable.Range(0, 20).Select(i => Make.Delete("part", "ses_1", $"{i}"))]), default);
        await journal.CompactAsync("ses_1", default);

        Assert.Empty(Disk.List("sessions"));
        Assert.Empty(await LoadAsync(journal, "ses_1"));
    }

    [Fact]
    public async Task A_row_deleted_while_its_snapshot_is_written_stays_deleted_and_comes_last_when_it_is_written_anew()
    {
        await using var journal = await OpenAsync();
        await journal.AppendAsync(new([Make.Entry("a")], [.. Enumerable.Range(0, 20).Select(i => Make.Put("part", "ses_1", $"{i}", "1"))]), default);
        Disk.HoldSyncs();
        var compaction = journal.CompactAsync("ses_1", default).AsTask();

        await journal.AppendAsync(new([], [Make.Delete("part", "ses_1", "3"), Make.Delete("part", "ses_1", "4")]), default);
        await journal.AppendAsync(new([], [Make.Put("part", "ses_1", "4", "2")]), default);
        Assert.False(compaction.IsCompleted);
        Disk.ReleaseSyncs();
        await compaction;

        Assert.Equal([.. Enumerable.Range(0, 20).Where(i => i is not (3 or 4)).Select(i => $"part/{i}=1"), "part/4=2"], await LoadAsync(journal, "ses_1"));
    }

    [Fact]
    public async Task An_owner_whose_rows_are_all_deleted_while_its_first_snapshot_is_written_has_nothing()
    {
        await using var journal = await OpenAsync();
        await journal.AppendAsync(new([Make.Entry("a")], [.. Enumerable.Range(0, 20).Select(i => Make.Put("part", "ses_1", $"{i}", "1"))]), default);
        Disk.HoldSyncs();
        var compaction = journal.CompactAsync("ses_1", default).AsTask();

        await journal.AppendAsync(new([], [.. Enumerable.Range(0, 20).Select(i => Make.Delete("part", "ses_1", $"{i}"))]), default);
        Disk.ReleaseSyncs();
        await compaction;

        Assert.Empty(await LoadAsync(journal, "ses_1"));
    }

    [Fact]
    public async Task A_damaged_snapshot_is_named_and_never_read_as_something_else()
    {
        await using var journal = await OpenAsync();
        await journal.AppendAsync(new([Make.Entry("a")], [.. Enumerable.Range(0, 20).Select(i => Make.Put("part", "ses_1", $"{i}", "\"1234567890\""))]), default);
        await journal.CompactAsync("ses_1", default);

        for (var bit = 1L; bit < LengthOf("sessions/ses_1.snap") * 8; bit += 53)
        {
            Disk.FlipBit("sessions/ses_1.snap", bit);
            var damaged = await Assert.ThrowsAnyAsync<JournalException>(() => LoadAsync(journal, "ses_1"));
            Disk.FlipBit("sessions/ses_1.snap", bit);
            Assert.Contains("ses_1.snap", damaged.Message, StringComparison.Ordinal);
        }

        Assert.Equal(20, (await LoadAsync(journal, "ses_1")).Count);
    }
}
