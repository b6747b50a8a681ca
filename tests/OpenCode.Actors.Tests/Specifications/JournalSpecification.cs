using OpenCode.Actors.Journal;

namespace OpenCode.Actors.Tests.Specifications;

/// <summary>The contract of every <see cref="IJournal"/>, whatever it is stored in: appends, reads, rows, and its life.</summary>
public abstract class JournalSpecification : JournalRowSpecification
{
    [SkippableFact]
    public async Task The_timeline_stays_and_each_start_of_a_log_that_may_lose_its_tail_is_a_new_generation_with_the_head_it_found()
    {
        var id = Journal.Timeline.Id;
        await Journal.AppendAsync(Make.Batch(Make.Entry("a"), Make.Entry("b")), default);
        await ReopenAsync();
        await Journal.AppendAsync(Make.Batch(Make.Entry("c", durable: false)), default);
        await ReopenAsync();

        Assert.Matches("^[0-9A-Za-z]{8}$", id);
        Assert.Equal(id, Journal.Timeline.Id);
        Assert.Equal(StartsAreGenerations ? [0L, 2, 3] : [0L], Journal.Timeline.Generations.Select(g => g.HeadBefore));
        Assert.Equal(1, Journal.Timeline.Generations[0].Number);
        Assert.Equal(3, Journal.Head);
    }

    [SkippableFact]
    public async Task A_closed_journal_takes_nothing_and_lets_go_of_those_that_wait()
    {
        var waiting = Journal.WaitBeyondAsync(0, default).AsTask();

        await Journal.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await Journal.AppendAsync(Make.Batch(Make.Entry("a")), default));
    }
}
