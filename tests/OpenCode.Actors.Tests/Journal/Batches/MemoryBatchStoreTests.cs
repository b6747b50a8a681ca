using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Batches;
using OpenCode.Actors.Tests.Journal.Memory;
using OpenCode.Actors.Tests.Specifications;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Journal.Batches;

public sealed class MemoryBatchStoreTests : JournalSpecification
{
    private readonly VirtualTime _time = new();
    private readonly MemoryBatchDatabase _database;
    private int _starts;

    public MemoryBatchStoreTests() => _database = new(_time);

    protected override bool StartsAreGenerations => false;

    protected override async Task<IJournal> OpenAsync() =>
        await BatchJournal.OpenAsync(new MemoryBatchStore(_database, $"node-{++_starts}", _time), new(), _time);
}
