using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Batches;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Tests.Journal.Memory;
using OpenCode.Actors.Tests.Specifications;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Journal.Nodes;

/// <summary>Arbiters in memory, on virtual time.</summary>
internal sealed class MemoryArbiterStore : ArbiterStore
{
    private readonly VirtualTime _time = new();

    public MemoryArbiterStore() => Database = new(_time, Batches);

    public override TimeProvider Time => _time;

    public MemoryBatchDatabase Batches { get; } = new(TimeProvider.System);

    public MemoryArbiterDatabase Database { get; }

    public void Advance(TimeSpan time) => _time.Advance(time);

    public override Task<ArbiterNode> OpenAsync(NodeDescription description) => Task.FromResult<ArbiterNode>(new Node(description, new(Database, _time), Batches));

    public override async Task EndsAsync(Task task, string what)
    {
        // The store's own work runs inside PassAsync. Awaits of the test may still be queued on another thread when the virtual time is over, so real time is given to them too.
        var began = TimeProvider.System.GetTimestamp();
        for (var steps = 0; !task.IsCompleted; steps++)
        {
            await PassAsync(TimeSpan.FromMilliseconds(20));
            if (steps < 1_500)
                continue;

            Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(30), $"Not ended after 30 s: {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }

        await task;
    }

    public override async Task PassAsync(TimeSpan time)
    {
        for (var left = time; left > TimeSpan.Zero; left -= TimeSpan.FromMilliseconds(20))
        {
            _time.Advance(TimeSpan.FromMilliseconds(20));
            await Task.Yield();
        }
    }

    private sealed class Node(NodeDescription description, MemoryArbiter arbiter, MemoryBatchDatabase batches) : ArbiterNode(description, arbiter)
    {
        public override async Task<IJournal> OpenJournalAsync() =>
            await BatchJournal.OpenAsync(new MemoryBatchStore(batches, Description.ConnectionTag, TimeProvider.System), new(), TimeProvider.System);

        public override void SetAway(bool isAway) => arbiter.SetAway(isAway);

        public override void Freeze() => arbiter.Freeze();

        public override void Thaw() => arbiter.Thaw();

        public override ValueTask KillAsync() => Arbiter.DisposeAsync();
    }
}
