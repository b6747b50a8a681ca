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
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);

    private readonly VirtualTime _time = new();

    public MemoryArbiterStore() => Database = new(_time, Batches);

    public override TimeProvider Time => _time;

    public MemoryBatchDatabase Batches { get; } = new(TimeProvider.System);

    public MemoryArbiterDatabase Database { get; }

    public void Advance(TimeSpan time) => _time.Advance(time);

    public override Task<ArbiterNode> OpenAsync(NodeDescription description) => Task.FromResult<ArbiterNode>(new Node(description, new(Database, _time), Batches));

    public override async Task EndsAsync(Task task, string what)
    {
        // The store's own work runs inside the clock's moves. While no timer waits for the clock it stands still: other threads have work, those of a journal or of the test's own awaits.
        var began = TimeProvider.System.GetTimestamp();
        while (!task.IsCompleted)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < _limit, $"Not ended after {_limit.TotalSeconds} s: {what}");
            if (_time.NextTimer is { } due)
            {
                _time.Advance(due);
                await Task.Yield();
            }
            else
            {
                await Task.WhenAny(task, Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System));
            }
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
