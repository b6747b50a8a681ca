using Microsoft.Extensions.Logging;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Tests.Specifications;

namespace OpenCode.Actors.Tests.Journal;

public sealed class FaultTests : JournalKit
{
    [Fact]
    public async Task On_a_full_disk_appends_are_refused_with_free_and_needed_bytes_and_reads_go_on()
    {
        await using var journal = await OpenAsync();
        await AppendAsync(journal, 3);
        var length = LengthOf(FirstSegment);
        Disk.Capacity = Disk.Capacity - Disk.FreeBytes() + 100;

        var refused = await Assert.ThrowsAsync<JournalFullException>(() => AppendAsync(journal, 1, propertiesBytes: 500));

        Assert.Equal(100, refused.FreeBytes);
        Assert.InRange(refused.NeededBytes, 500, 700);
        Assert.Equal(3, journal.Head);
        Assert.Equal(length, LengthOf(FirstSegment));
        Assert.Equal(3, (await ReadAsync(journal)).Count);
        Assert.Contains(Logs.Records, r => r is { Level: LogLevel.Error, EventId: 3003 });
    }

    [Fact]
    public async Task A_full_disk_is_tried_again_at_most_once_a_second_and_offsets_leave_no_gap()
    {
        await using var journal = await OpenAsync();
        await AppendAsync(journal, 3);
        Disk.Capacity = Disk.Capacity - Disk.FreeBytes();
        await Assert.ThrowsAsync<JournalFullException>(() => AppendAsync(journal, 1));
        Disk.Capacity = long.MaxValue;
        var operations = new List<string>();
        Disk.Observe = operations.Add;

        Time.Advance(TimeSpan.FromMilliseconds(999));
        await Assert.ThrowsAsync<JournalFullException>(() => AppendAsync(journal, 1));
        Assert.Empty(operations);
        Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(4, await journal.AppendAsync(Make.Batch(Make.Entry("d")), default));

        Assert.Equal(5, await journal.AppendAsync(Make.Batch(Make.Entry("e")), default));
    }

    [Fact]
    public async Task B1_what_a_full_disk_took_back_does_not_return_with_a_crash()
    {
        var journal = await OpenAsync();
        await AppendAsync(journal, 1);
        var free = Disk.FreeBytes();
        Disk.HoldSyncs();
        var first = journal.AppendAsync(Make.Batch(Make.Entry("first")), default).AsTask();
        var second = journal.AppendAsync(Make.Batch(Make.Entry("second", 3000)), default).AsTask();
        Disk.Capacity = Disk.Capacity - Disk.FreeBytes() + 2000;
        Disk.ReleaseSyncs();

        Assert.Equal(2, await first);
        await Assert.ThrowsAsync<JournalFullException>(() => second);
        Disk.Crash();
        Disk.Capacity = long.MaxValue;
        await using var recovered = await OpenAsync();

        Assert.True(free > 0);
        Assert.Equal(["e1", "first"], (await ReadAsync(recovered)).Select(e => e.Type));
    }

    [Fact]
    public async Task A_disk_that_is_full_for_a_new_segment_leaves_the_old_one_as_it_was()
    {
        await using var journal = await OpenAsync();
        await AppendAsync(journal, 1, propertiesBytes: 3500);
        Disk.Capacity = Disk.Capacity - Disk.FreeBytes() + 20;
        await Assert.ThrowsAsync<JournalFullException>(() => AppendAsync(journal, 1, propertiesBytes: 3500));

        Disk.Capacity = long.MaxValue;
        Time.Advance(TimeSpan.FromSeconds(1));
        await AppendAsync(journal, 1, propertiesBytes: 3500);

        Assert.Equal(["00000000000000000001.log", "00000000000000000002.log"], Disk.List("journal"));
        Assert.Equal(2, (await ReadAsync(journal)).Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_failed_sync_or_write_is_final_and_everybody_is_told(bool sync)
    {
        var journal = await OpenAsync();
        await AppendAsync(journal, 1);
        var waiting = journal.WaitBeyondAsync(1, default).AsTask();
        Disk.FailSyncs = sync;
        Disk.FailWrites = !sync;

        await Assert.ThrowsAsync<JournalFailedException>(() => AppendAsync(journal, 1));
        Disk.FailSyncs = Disk.FailWrites = false;
        var operations = new List<string>();
        Disk.Observe = operations.Add;

        await Assert.ThrowsAsync<JournalFailedException>(() => AppendAsync(journal, 1));
        await Assert.ThrowsAsync<JournalFailedException>(() => waiting);
        Assert.Contains("committing", (await journal.Died).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<JournalFailedException>(() => journal.WaitBeyondAsync(1, default).AsTask());
        Assert.Empty(operations);
        Assert.Equal(1, journal.Head);
        Assert.Single(await ReadAsync(journal));
        Assert.Single(Logs.Records, r => r.Level == LogLevel.Critical);
        await journal.DisposeAsync();
        Assert.Empty(operations);
    }

    [Fact]
    public async Task All_that_wait_behind_a_failed_sync_are_told()
    {
        await using var journal = await OpenAsync();
        Disk.HoldSyncs();
        var appends = Enumerable.Range(0, 10).Select(i => journal.AppendAsync(Make.Batch(Make.Entry($"{i}")), default).AsTask()).ToArray();
        Disk.FailSyncs = true;

        Disk.ReleaseSyncs();

        foreach (var append in appends)
            await Assert.ThrowsAsync<JournalFailedException>(() => append);
    }

    [Fact]
    public async Task While_a_sync_is_slow_nothing_is_shown_and_all_that_comes_shares_the_next_one()
    {
        await using var journal = await OpenAsync();
        Disk.HoldSyncs();
        var first = journal.AppendAsync(Make.Batch(Make.Entry("first")), default).AsTask();
        var operations = new List<string>();
        Disk.Observe = operations.Add;
        var others = Enumerable.Range(0, 20).Select(i => journal.AppendAsync(Make.Batch(Make.Entry($"{i}", durable: i > 0)), default).AsTask()).ToArray();

        Assert.False(first.IsCompleted);
        Assert.Equal(0, journal.Head);
        Assert.Empty(await ReadAsync(journal));
        Disk.ReleaseSyncs();

        Assert.Equal(1, await first);
        Assert.Equal(Enumerable.Range(2, 20).Select(o => (long)o), await Task.WhenAll(others));
        Assert.Equal(["sync " + FirstSegment, "write " + FirstSegment, "sync " + FirstSegment], operations);
    }

    [Fact]
    public async Task Whoever_gives_up_waiting_for_a_commit_does_not_take_it_back()
    {
        await using var journal = await OpenAsync();
        using var patience = new CancellationTokenSource();
        Disk.HoldSyncs();
        var append = journal.AppendAsync(Make.Batch(Make.Entry("a")), patience.Token).AsTask();

        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => append);
        Disk.ReleaseSyncs();
        Assert.Equal(1, journal.Head);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await journal.AppendAsync(Make.Batch(Make.Entry("b")), patience.Token));
        Assert.Equal(1, journal.Head);
    }

    [Fact]
    public async Task Closing_waits_for_what_was_taken()
    {
        var journal = await OpenAsync();
        Disk.HoldSyncs();
        var append = journal.AppendAsync(Make.Batch(Make.Entry("a")), default).AsTask();
        var closing = journal.DisposeAsync().AsTask();
        Assert.False(closing.IsCompleted);

        Disk.ReleaseSyncs();
        await closing;

        Assert.Equal(1, await append);
        await using var recovered = await OpenAsync();
        Assert.Equal(1, recovered.Head);
    }
}
