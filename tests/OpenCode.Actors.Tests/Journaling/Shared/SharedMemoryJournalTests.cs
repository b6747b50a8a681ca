using OpenCode.Actors.Journaling;
using OpenCode.Actors.Journaling.Shared;
using OpenCode.Actors.Journaling.Shared.Memory;
using OpenCode.Actors.Tests.Specifications;

namespace OpenCode.Actors.Tests.Journaling.Shared;

public sealed class SharedMemoryJournalTests : JournalSpecification
{
    private readonly MemoryBatchDatabase _database = new(TimeProvider.System);
    private int _starts;

    protected override bool StartsAreGenerations => false;

    protected override async Task<IJournal> OpenAsync() =>
        await SharedJournal.OpenAsync(new MemoryBatchStore(_database, $"node-{++_starts}", TimeProvider.System), new(), TimeProvider.System);
}
