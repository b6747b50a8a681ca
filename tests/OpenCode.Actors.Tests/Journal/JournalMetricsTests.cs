using OpenCode.Actors.Journal.Disks;
using OpenCode.Actors.Journal.Files;
using OpenCode.Actors.Tests.TestKit;
using OpenCode.Actors.Tests.Specifications;

namespace OpenCode.Actors.Tests.Journal;

public sealed class JournalMetricsTests
{
    [Fact]
    public async Task What_the_journal_writes_and_syncs_is_counted()
    {
        using var meters = new RecordingMeters();
        using var metrics = new JournalMetrics(meters);
        var disk = new MemoryDisk(7);
        await using (var journal = await FileJournal.OpenAsync(disk, new JournalOptions(), new VirtualTime(), new SeededEntropy(7).NextUInt64, metrics: metrics))
        {
            await journal.AppendAsync(Make.Batch(Make.Entry("a"), Make.Entry("b")), default);
            await journal.AppendAsync(Make.Batch(Make.Entry("c", durable: false)), default);
            meters.Observe();
        }

        Assert.Equal(3, meters.Totals["opencode.journal.events.committed"]);
        Assert.Equal(2, meters.Totals["opencode.journal.batches.committed"]);
        Assert.Equal(2, meters.Totals["opencode.journal.commit.duration"]);
        Assert.True(meters.Totals["opencode.journal.written"] > 0);
        Assert.Equal(3, meters.Totals["opencode.journal.head"]);
        Assert.Equal(0, meters.Totals["opencode.journal.floor"]);
        Assert.Equal(2, meters.Totals["opencode.journal.sync.duration"]); // of the durable batch, and of the rest at the end
    }
}
