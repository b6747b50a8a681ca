using System.Text;
using OpenCode.Actors.Journal;

namespace OpenCode.Actors.Tests.Specifications;

/// <summary>What every <see cref="IJournal"/> keeps, whatever it is stored in.</summary>
public abstract partial class JournalSpecification : IAsyncLifetime
{
    private IJournal? _journal;

    protected IJournal Journal => _journal ?? throw new InvalidOperationException("The journal is not open.");

    /// <summary>Gets a value indicating whether each start begins a generation: so where a start may find less than was shown. A store that many share syncs every batch.</summary>
    protected virtual bool StartsAreGenerations => true;

    /// <summary>Opens the journal on the store of this test; on the same again after <see cref="ReopenAsync"/>.</summary>
    protected abstract Task<IJournal> OpenAsync();

    public virtual async Task InitializeAsync() => _journal = await OpenAsync();

    public virtual async Task DisposeAsync() => await Journal.DisposeAsync();

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

    protected async Task ReopenAsync()
    {
        await Journal.DisposeAsync();
        _journal = await OpenAsync();
    }

    protected async Task<List<LogEntry>> ReadAsync(EntryFilter? filter = null) => [.. (await PagesAsync(0, filter ?? EntryFilter.All)).SelectMany(p => p.Entries)];

    protected async Task<List<EntryPage>> PagesAsync(long after, EntryFilter filter)
    {
        var pages = new List<EntryPage>();
        await foreach (var page in Journal.ReadAsync(after, filter, default))
            pages.Add(page);

        return pages;
    }

    /// <summary>Reads an owner's rows as <c>kind/key=json@offset</c>.</summary>
    protected async Task<List<string>> LoadAsync(string owner)
    {
        var rows = new List<string>();
        await foreach (var row in Journal.LoadAsync(owner, default))
            rows.Add($"{row.Kind}/{row.Key}={Encoding.UTF8.GetString(row.Json.Span)}@{row.Offset}");

        return rows;
    }
}
