using System.Text;
using OpenCode.Actors.Journaling;

namespace OpenCode.Actors.Tests.Specifications;

/// <summary>What every <see cref="IJournal"/> keeps, whatever it is stored in.</summary>
public abstract class JournalSpecification : IAsyncLifetime
{
    private IJournal? _journal;

    protected IJournal Journal => _journal ?? throw new InvalidOperationException("The journal is not open.");

    /// <summary>Gets a value indicating whether each start begins a generation: so where a start may find less than was shown. A store that many share syncs every batch (RULES B4).</summary>
    protected virtual bool StartsAreGenerations => true;

    /// <summary>Opens the journal on the store of this test; on the same again after <see cref="ReopenAsync"/>.</summary>
    protected abstract Task<IJournal> OpenAsync();

    public virtual async Task InitializeAsync() => _journal = await OpenAsync();

    public virtual async Task DisposeAsync() => await Journal.DisposeAsync();

    [SkippableFact]
    public async Task An_append_answers_with_the_offset_of_its_first_entry_and_leaves_no_gap()
    {
        Assert.Equal(0, Journal.Head);

        Assert.Equal(1, await Journal.AppendAsync(Make.Batch(Make.Entry("a")), default));
        Assert.Equal(2, await Journal.AppendAsync(Make.Batch(Make.Entry("b"), Make.Entry("c")), default));
        Assert.Equal(4, await Journal.AppendAsync(Make.Batch(Make.Entry("d")), default));

        Assert.Equal(4, Journal.Head);
        Assert.Equal([1, 2, 3, 4], (await ReadAsync()).Select(e => e.Offset));
    }

    [SkippableFact]
    public async Task After_catching_up_the_head_has_what_was_answered_before()
    {
        Assert.Equal(0, await Journal.CatchUpAsync(default));
        await Journal.AppendAsync(Make.Batch(Make.Entry("a"), Make.Entry("b")), default);

        Assert.Equal(2, await Journal.CatchUpAsync(default));
        Assert.Equal(2, Journal.Head);
    }

    [SkippableFact]
    public async Task Entries_are_read_as_they_were_written_also_after_a_restart()
    {
        var full = new EntryDraft("evt_1", "message.updated", "/home/ä", "global", "ses_1", 7, true, """{"text":"λ"}"""u8.ToArray());
        var bare = new EntryDraft("evt_2", new string('t', 300), null, null, null, -1, false, "{}"u8.ToArray());
        var large = new EntryDraft("evt_3", "x", "", "", "", 0, true, Make.Json(700_000));
        await Journal.AppendAsync(Make.Batch(full, bare, large), default);
        var before = await ReadAsync();

        await ReopenAsync();

        var after = await ReadAsync();
        Assert.Equal([full, bare, large], before.Select(Make.Draft), Make.SameDraft);
        Assert.Equal([full, bare, large], after.Select(Make.Draft), Make.SameDraft);
        Assert.Equal(before.Select(e => e.At), after.Select(e => e.At));
    }

    [SkippableFact]
    public async Task Readers_of_the_tail_share_the_same_entries()
    {
        await Journal.AppendAsync(Make.Batch(Make.Entry("a"), Make.Entry("b")), default);

        var (first, second) = (await ReadAsync(), await ReadAsync());

        Assert.Equal(2, first.Count);
        Assert.All(first.Zip(second), pair => Assert.Same(pair.First, pair.Second));
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_filter_selects_by_location_and_session_and_the_cursor_moves_on_anyway(bool reopened)
    {
        await Journal.AppendAsync(Make.Batch(
            Make.Entry("a") with { Location = "/x", SessionId = "ses_1" },
            Make.Entry("b") with { Location = "/y", SessionId = "ses_2" },
            Make.Entry("c") with { Location = "/x", SessionId = "ses_2" },
            Make.Entry("d")), default);
        if (reopened)
            await ReopenAsync();

        Assert.Equal(["a", "c"], (await ReadAsync(new(Location: "/x"))).Select(e => e.Type));
        Assert.Equal(["b", "c"], (await ReadAsync(new(SessionId: "ses_2"))).Select(e => e.Type));
        Assert.Equal(["c"], (await ReadAsync(new("/x", "ses_2"))).Select(e => e.Type));
        var pages = await PagesAsync(0, new(Location: "/nowhere"));
        Assert.Empty(pages.SelectMany(p => p.Entries));
        Assert.Equal(4, pages[^1].Through);
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Reading_begins_behind_the_offset_in_pages_of_bounded_size(bool reopened)
    {
        for (var i = 0; i < 40; i++)
            await Journal.AppendAsync(Make.Batch([.. Enumerable.Range(0, 10).Select(j => Make.Entry($"{i}.{j}", 3000))]), default);
        if (reopened)
            await ReopenAsync();

        foreach (var after in new[] { 0, 1, 9, 10, 11, 234, 399, 400 })
        {
            var pages = await PagesAsync(after, EntryFilter.All);

            Assert.Equal(Enumerable.Range(after + 1, 400 - after).Select(o => (long)o), pages.SelectMany(p => p.Entries).Select(e => e.Offset));
            Assert.All(pages, p => Assert.InRange(p.Entries.Sum(e => e.Properties.Length), 1, (256 * 1024) + 3000));
            Assert.All(pages, p => Assert.Equal(p.Entries[^1].Offset, p.Through));
        }
    }

    [SkippableFact]
    public async Task Reading_ends_at_the_head_of_the_call()
    {
        await Journal.AppendAsync(Make.Batch(Make.Entry("a")), default);
        var pages = 0;

        await foreach (var page in Journal.ReadAsync(0, EntryFilter.All, default))
        {
            pages++;
            Assert.Equal(1, page.Through);
            await Journal.AppendAsync(Make.Batch(Make.Entry("b")), default);
        }

        Assert.Equal(1, pages);
    }

    [SkippableFact]
    public async Task Waiting_ends_when_the_head_is_beyond_the_offset_and_not_before()
    {
        await Journal.AppendAsync(Make.Batch(Make.Entry("a")), default);
        var beyondTwo = Journal.WaitBeyondAsync(2, default).AsTask();
        var beyondOne = Journal.WaitBeyondAsync(1, default).AsTask();

        Assert.True(Journal.WaitBeyondAsync(0, default).AsTask().IsCompletedSuccessfully);
        await Journal.AppendAsync(Make.Batch(Make.Entry("b")), default);
        await beyondOne;
        Assert.False(beyondTwo.IsCompleted);
        await Journal.AppendAsync(Make.Batch(Make.Entry("c")), default);
        await beyondTwo;
    }

    [SkippableFact]
    public async Task Whoever_gives_up_waiting_for_the_head_is_let_go()
    {
        using var patience = new CancellationTokenSource();
        var waiting = Journal.WaitBeyondAsync(0, patience.Token).AsTask();

        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [SkippableFact]
    public async Task Batches_get_their_offsets_in_the_order_of_the_calls()
    {
        var appends = new List<Task<long>>();
        for (var i = 0; i < 1_000; i++)
            appends.Add(Journal.AppendAsync(new([Make.Entry($"{i}", durable: i % 3 == 0)], i % 5 == 0 ? [Make.Put("k", "o", $"{i}", "1")] : []), default).AsTask());

        var offsets = await Task.WhenAll(appends);

        Assert.Equal(Enumerable.Range(1, 1_000).Select(o => (long)o), offsets);
        Assert.Equal(Enumerable.Range(0, 1_000).Select(i => $"{i}"), (await ReadAsync()).Select(e => e.Type));
    }

    [SkippableFact]
    public async Task Many_callers_at_once_lose_and_double_nothing()
    {
        await Task.WhenAll(Enumerable.Range(0, 16).Select(async caller =>
        {
            await Task.Yield();
            for (var i = 0; i < 100; i++)
            {
                var offset = await Journal.AppendAsync(Make.Batch(Make.Entry($"{caller}.{i}", durable: i % 10 == 0)), default);
                Assert.InRange(Journal.Head, offset, long.MaxValue);
            }
        }));

        var entries = await ReadAsync();
        Assert.Equal(Enumerable.Range(1, 1_600).Select(o => (long)o), entries.Select(e => e.Offset));
        foreach (var caller in entries.GroupBy(e => e.Type.Split('.')[0], StringComparer.Ordinal))
            Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{caller.Key}.{i}"), caller.Select(e => e.Type));
    }

    [SkippableFact]
    public async Task A_batch_without_entries_changes_state_and_answers_with_the_head()
    {
        await Journal.AppendAsync(Make.Batch(Make.Entry("a")), default);

        Assert.Equal(1, await Journal.AppendAsync(new([], [Make.Put("part", "ses_1", "p", "1")]), default));

        Assert.Equal(1, Journal.Head);
        Assert.Equal(["part/p=1@1"], await LoadAsync("ses_1"));
    }

    [SkippableTheory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Rows_come_in_the_order_of_first_write_with_what_was_written_last(bool compacted, bool reopened)
    {
        await ChangeAsync(Make.Put("session", "ses_1", "ses_1", "1"), Make.Put("message", "ses_1", "m1", "1"), Make.Put("message", "ses_1", "m2", "1"));
        await ChangeAsync([.. Enumerable.Range(0, 20).Select(i => Make.Put("part", "ses_1", $"p{i:00}", "1"))]);
        await ChangeAsync(Make.Put("session", "ses_2", "ses_2", "1"));
        await LookAgainAsync(compacted, reopened);
        await ChangeAsync(Make.Put("message", "ses_1", "m1", "2"), Make.Delete("message", "ses_1", "m2"), Make.Delete("part", "ses_1", "p00"));
        await ChangeAsync(Make.Put("message", "ses_1", "m2", "3"), Make.Put("message", "ses_1", "m3", "1"), Make.Delete("part", "ses_1", "none"));
        await ChangeAsync(Make.Put("message", "ses_1", "m2", "4"));
        await LookAgainAsync(compacted, reopened);

        string[] expected = ["session/ses_1=1@1", "message/m1=2@4", .. Enumerable.Range(1, 19).Select(i => $"part/p{i:00}=1@2"), "message/m2=4@6", "message/m3=1@5"];
        Assert.Equal(expected, await LoadAsync("ses_1"));
        Assert.Equal(["session/ses_2=1@3"], await LoadAsync("ses_2"));
        Assert.Equal(["ses_1", "ses_2"], (await ListAsync("session")).Select(r => r.Owner).Order(StringComparer.Ordinal));
        Assert.Equal(["m1", "m2", "m3"], (await ListAsync("message")).Select(r => r.Key));
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_owner_without_rows_is_gone(bool compacted)
    {
        var keys = Enumerable.Range(0, 20).Select(i => $"{i}").ToArray();
        await ChangeAsync([.. keys.Select(k => Make.Put("part", "ses_1", k, "1"))]);
        if (compacted)
            await Journal.CompactAsync("ses_1", default);

        await ChangeAsync([.. keys.Select(k => Make.Delete("part", "ses_1", k))]);
        await Journal.CompactAsync("ses_1", default);
        Assert.Empty(await LoadAsync("ses_1"));
        await ReopenAsync();

        Assert.Empty(await LoadAsync("ses_1"));
        Assert.Empty(await ListAsync("part"));
        Assert.Empty(await LoadAsync("never"));
    }

    [SkippableFact]
    public async Task A_row_names_the_head_of_its_own_batch_also_when_batches_are_committed_together()
    {
        var appends = Enumerable.Range(1, 50).Select(i => Journal.AppendAsync(new([Make.Entry("e")], [Make.Put("k", "o", $"{i:00}", "1")]), default).AsTask()).ToArray();
        await Task.WhenAll(appends);

        Assert.Equal(Enumerable.Range(1, 50).Select(i => $"k/{i:00}=1@{i}"), await LoadAsync("o"));
    }

    [SkippableFact]
    public async Task A3_the_timeline_stays_and_each_start_of_a_log_that_may_lose_its_tail_is_a_new_generation_with_the_head_it_found()
    {
        var id = Journal.Timeline.Id;
        await Journal.AppendAsync(Make.Batch(Make.Entry("a"), Make.Entry("b")), default);
        await ReopenAsync();
        await Journal.AppendAsync(Make.Batch(Make.Entry("c", durable: false)), default);
        await ReopenAsync();

        Assert.Matches("^[0-9A-Za-z]{8}$", id);
        Assert.Equal(id, Journal.Timeline.Id);
        Assert.Equal(StartsAreGenerations ? [new(1, 0), new(2, 2), new Generation(3, 3)] : [new Generation(1, 0)], Journal.Timeline.Generations);
        Assert.Equal(3, Journal.Head);
    }

    [SkippableTheory]
    [InlineData("")]
    [InlineData(".hidden")]
    [InlineData("a/b")]
    [InlineData("..")]
    [InlineData("a b")]
    [InlineData("ä")]
    public async Task An_owner_that_cannot_name_a_file_is_refused(string owner)
    {
        await Assert.ThrowsAsync<ArgumentException>(async () => await ChangeAsync(Make.Put("k", owner, "1", "1")));
        await Assert.ThrowsAsync<ArgumentException>(async () => await LoadAsync(owner));
        Assert.Equal(0, Journal.Head);
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

    private async Task<List<StateRow>> ListAsync(string kind)
    {
        var rows = new List<StateRow>();
        await foreach (var row in Journal.ListAsync(kind, default))
            rows.Add(row);

        return rows;
    }

    private async Task ChangeAsync(params StateChange[] changes) => await Journal.AppendAsync(new([Make.Entry("change")], changes), default);

    private async Task LookAgainAsync(bool compacted, bool reopened)
    {
        if (compacted)
            await Journal.CompactAsync("ses_1", default);
        if (reopened)
            await ReopenAsync();
    }
}
