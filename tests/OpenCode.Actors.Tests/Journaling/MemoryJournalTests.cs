using OpenCode.Actors.Journaling;
using OpenCode.Actors.Journaling.Disks;
using OpenCode.Actors.Journaling.Files;
using OpenCode.Actors.Tests.Specifications;

namespace OpenCode.Actors.Tests.Journaling;

public sealed class MemoryJournalTests : JournalSpecification
{
    private readonly MemoryDisk _disk = new();
    private ulong _entropy = 1;

    protected override async Task<IJournal> OpenAsync() => await FileJournal.OpenAsync(_disk, new(), TimeProvider.System, () => _entropy += 0x9E3779B97F4A7C15);
}
