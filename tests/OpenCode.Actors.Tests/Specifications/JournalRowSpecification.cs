using OpenCode.Actors.Journal;

namespace OpenCode.Actors.Tests.Specifications;

/// <summary>The state rows of an owner.</summary>
public abstract class JournalRowSpecification : JournalReadSpecification
{
    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Rows_come_in_the_order_of_first_write_with_what_was_written_last(bool reopened)
    {
        await ChangeAsync(Make.Put("session", "ses_1", "ses_1", "1"), Make.Put("message", "ses_1", "m1", "1"), Make.Put("message", "ses_1", "m2", "1"));
        await ChangeAsync([.. Enumerable.Range(0, 20).Select(i => Make.Put("part", "ses_1", $"p{i:00}", "1"))]);
        await ChangeAsync(Make.Put("session", "ses_2", "ses_2", "1"));
        if (reopened)
            await ReopenAsync();
        await ChangeAsync(Make.Put("message", "ses_1", "m1", "2"), Make.Delete("message", "ses_1", "m2"), Make.Delete("part", "ses_1", "p00"));
        await ChangeAsync(Make.Put("message", "ses_1", "m2", "3"), Make.Put("message", "ses_1", "m3", "1"), Make.Delete("part", "ses_1", "none"));
        await ChangeAsync(Make.Put("message", "ses_1", "m2", "4"));
        if (reopened)
            await ReopenAsync();

        string[] expected = ["session/ses_1=1@1", "message/m1=2@4", .. Enumerable.Range(1, 19).Select(i => $"part/p{i:00}=1@2"), "message/m2=4@6", "message/m3=1@5"];
        Assert.Equal(expected, await LoadAsync("ses_1"));
        Assert.Equal(["session/ses_2=1@3"], await LoadAsync("ses_2"));
        Assert.Equal(["ses_1", "ses_2"], (await ListAsync("session")).Select(r => r.Owner).Order(StringComparer.Ordinal));
        Assert.Equal(["m1", "m2", "m3"], (await ListAsync("message")).Select(r => r.Key));
    }

    [SkippableFact]
    public async Task An_owner_without_rows_is_gone()
    {
        var keys = Enumerable.Range(0, 20).Select(i => $"{i}").ToArray();
        await ChangeAsync([.. keys.Select(k => Make.Put("part", "ses_1", k, "1"))]);
        await ChangeAsync([.. keys.Select(k => Make.Delete("part", "ses_1", k))]);
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

    private async Task<List<StateRow>> ListAsync(string kind)
    {
        var rows = new List<StateRow>();
        await foreach (var row in Journal.ListAsync(kind, default))
            rows.Add(row);

        return rows;
    }

    private async Task ChangeAsync(params StateChange[] changes) => await Journal.AppendAsync(new([Make.Entry("change")], changes), default);
}
