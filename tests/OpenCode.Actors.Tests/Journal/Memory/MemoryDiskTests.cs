using OpenCode.Actors.Journal;
using OpenCode.Actors.Tests.Specifications;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Journal.Memory;

/// <summary>The suite of the engine on the disk in memory that is in for SQLite.</summary>
public sealed class MemoryDiskTests : JournalSpecification
{
    private readonly MemoryDisk _disk = new();

    protected override async Task<IJournal> OpenAsync() => await _disk.OpenAsync(new(), new VirtualTime());
}
