namespace OpenCode.Actors.Tests.Specifications;

/// <summary>Offsets without gaps, in the order of the calls.</summary>
public abstract class JournalAppendSpecification : JournalHarness
{
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
}
