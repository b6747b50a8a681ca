using System.Text;
using OpenCode.Actors.Journal;

namespace OpenCode.Actors.Tests.Specifications;

/// <summary>Opens the <see cref="IJournal"/> of a test, and reads it.</summary>
public abstract class JournalHarness : IAsyncLifetime
{
    private IJournal? _journal;

    protected IJournal Journal => _journal ?? throw new InvalidOperationException("The journal is not open.");

    /// <summary>Gets a value indicating whether each start begins a generation: so where a start may find less than was shown. A store that many share syncs every batch.</summary>
    protected virtual bool StartsAreGenerations => true;

    /// <summary>Opens the journal on the store of this test; on the same again after <see cref="ReopenAsync"/>.</summary>
    protected abstract Task<IJournal> OpenAsync();

    public virtual async Task InitializeAsync() => _journal = await OpenAsync();

    public virtual async Task DisposeAsync() => await Journal.DisposeAsync();

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
