using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Batches;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Tests.Journal.Memory;
using OpenCode.Actors.Tests.Specifications;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Journal.Nodes;

public sealed class MemoryLargeBodiesTests : LargeBodiesSpecification
{
    private readonly VirtualTime _time = new();
    private readonly MemoryBatchDatabase _database;

    public MemoryLargeBodiesTests() => _database = new MemoryBatchDatabase(_time);

    protected override Task<ILargeBodies> OpenAsync() => Task.FromResult<ILargeBodies>(_database.Bodies);

    protected override async Task<IJournal> OpenJournalAsync() => await BatchJournal.OpenAsync(new MemoryBatchStore(_database, "node", _time), new(), _time);

    protected override Task AgeAsync(TimeSpan by)
    {
        _time.Advance(by);
        return Task.CompletedTask;
    }
}

public sealed class MemorySharedConfigTests : SharedConfigSpecification
{
    private readonly MemorySharedConfig _config = new();

    protected override Task<ISharedConfig> OpenAsync() => Task.FromResult<ISharedConfig>(_config);
}
