using OpenCode.Actors.Journal;

namespace OpenCode.Actors.Tests.Specifications;

/// <summary>Entries as they were written, up to the head, and the wait for more.</summary>
public abstract class JournalReadSpecification : JournalAppendSpecification
{
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
    public async Task Readers_of_the_tail_share_the_bytes_of_the_same_entries()
    {
        await Journal.AppendAsync(Make.Batch(Make.Entry("a"), Make.Entry("b")), default);

        var (first, second) = (await ReadAsync(), await ReadAsync());

        Assert.Equal(2, first.Count);
        Assert.All(first.Zip(second), pair => Assert.Equal(pair.First.Properties, pair.Second.Properties)); // Of the same array, at the same place.
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
    public async Task After_catching_up_the_head_has_what_was_answered_before()
    {
        Assert.Equal(0, await Journal.CatchUpAsync(default));
        await Journal.AppendAsync(Make.Batch(Make.Entry("a"), Make.Entry("b")), default);

        Assert.Equal(2, await Journal.CatchUpAsync(default));
        Assert.Equal(2, Journal.Head);
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
    public async Task A_cancelled_wait_for_the_head_ends()
    {
        using var patience = new CancellationTokenSource();
        var waiting = Journal.WaitBeyondAsync(0, patience.Token).AsTask();

        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }
}
