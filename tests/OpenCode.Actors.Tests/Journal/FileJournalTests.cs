using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Doors;
using OpenCode.Actors.Journal.Files;
using OpenCode.Actors.Tests.Specifications;

namespace OpenCode.Actors.Tests.Journal;

public sealed class FileJournalTests : JournalSpecification
{
    private readonly string _folder = Directory.CreateTempSubdirectory("journal-").FullName;

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_second_journal_on_the_same_folder_is_refused()
    {
        var refused = await Assert.ThrowsAsync<JournalLockedException>(OpenAsync);

        Assert.Contains(_folder, refused.Message, StringComparison.Ordinal);
    }

    protected override async Task<IJournal> OpenAsync() =>
        await FileJournal.OpenAsync(new FileDisk(_folder), new(), TimeProvider.System, () => (ulong)Random.Shared.NextInt64());
}
