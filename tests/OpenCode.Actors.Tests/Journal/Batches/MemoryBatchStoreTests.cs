using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Batches;
using OpenCode.Actors.Tests.Journal.Memory;
using OpenCode.Actors.Tests.Specifications;

namespace OpenCode.Actors.Tests.Journal.Batches;

public sealed class MemoryBatchStoreTests : JournalSpecification
{
    private readonly MemoryBatchDatabase _database = new(TimeProvider.System);
    private int _starts;

    protected override bool StartsAreGenerations => false;

    protected override async Task<IJournal> OpenAsync() =>
        await BatchJournal.OpenAsync(new MemoryBatchStore(_database, $"node-{++_starts}", TimeProvider.System), new(), TimeProvider.System);
}
