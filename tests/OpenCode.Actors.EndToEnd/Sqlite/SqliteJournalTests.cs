using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Storage.Sqlite;
using OpenCode.Actors.Tests.Specifications;

namespace OpenCode.Actors.EndToEnd.Sqlite;

/// <summary>The suite of the engine on real files.</summary>
public sealed class SqliteJournalTests : JournalSpecification
{
    private readonly TempFolder _folder = new();

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_second_journal_on_the_same_folder_is_refused()
    {
        var refused = await Assert.ThrowsAsync<JournalLockedException>(OpenAsync);

        Assert.Contains(_folder.Path, refused.Message, StringComparison.Ordinal);
    }

    protected override async Task<IJournal> OpenAsync() => await SqliteJournal.OpenAsync(_folder.Path, new(), TimeProvider.System, () => (ulong)Random.Shared.NextInt64());
}
