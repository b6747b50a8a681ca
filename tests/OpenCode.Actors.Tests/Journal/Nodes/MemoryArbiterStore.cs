using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Batches;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Tests.Journal.Memory;
using OpenCode.Actors.Tests.Specifications;
using OpenCode.Actors.Tests.TestKit.Doors;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Journal.Nodes;

/// <summary>Arbiters in memory, on virtual time.</summary>
internal sealed class MemoryArbiterStore : ArbiterStore
{
    // That of the journals stands still: else its timers would move the clock while other threads have work.
    private readonly VirtualTime _journals = new();
    private readonly VirtualTime _time = new();

    public MemoryArbiterStore()
    {
        Batches = new(_journals);
        Database = new(_time, Batches);
    }

    public override bool IsRealTime => false;

    public override TimeProvider Time => _time;

    public MemoryBatchDatabase Batches { get; }

    public MemoryArbiterDatabase Database { get; }

    public void Advance(TimeSpan time) => _time.Advance(time);

    public override Task<ArbiterNode> OpenAsync(NodeDescription description) => Task.FromResult<ArbiterNode>(new Node(description, new(Database, _time), Batches, _journals));

    public override async Task EndsAsync(Task task, string what)
    {
        // The store's own work runs inside the clock's moves. While no timer waits for the clock it stands still: other threads have work, those of a journal or of the test's own awaits.
        while (!task.IsCompleted)
        {
            if (_time.NextTimer is { } due)
            {
                _time.Advance(due);
                await Task.Yield();
            }
            else
            {
                await OtherThreads.EndAsync(Task.WhenAny(task, _time.HasTimerAsync()));
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

    private sealed class Node(NodeDescription description, MemoryArbiter arbiter, MemoryBatchDatabase batches, TimeProvider time) : ArbiterNode(description, arbiter)
    {
        public override async Task<IJournal> OpenJournalAsync() =>
            await BatchJournal.OpenAsync(new MemoryBatchStore(batches, Description.ConnectionTag, time), new(), time);

        public override void SetAway(bool isAway) => arbiter.SetAway(isAway);

        public override void Freeze() => arbiter.Freeze();

        public override void Thaw() => arbiter.Thaw();

        public override ValueTask KillAsync() => Arbiter.DisposeAsync();
    }
}
