using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Disks;
using OpenCode.Actors.Journal.Files;
using OpenCode.Actors.Tests.Specifications;

namespace OpenCode.Actors.Tests.Journal;

public sealed class MemoryJournalTests : JournalSpecification
{
    private readonly MemoryDisk _disk = new();
    private ulong _entropy = 1;

    protected override async Task<IJournal> OpenAsync() => await FileJournal.OpenAsync(_disk, new(), TimeProvider.System, () => _entropy += 0x9E3779B97F4A7C15);
}
