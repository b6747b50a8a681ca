using OpenCode.Actors.Journal;
using OpenCode.Actors.Tests.Specifications;
using OpenCode.Actors.Tests.TestKit;
using Xunit.Abstractions;

namespace OpenCode.Actors.Tests.Journal.Memory;

/// <summary>The walks of the engine on the disk in memory.</summary>
public sealed class MemoryDiskWalkTests(ITestOutputHelper output) : JournalWalkSpecification(output)
{
    protected override int Walks => 300;

    private protected override IWalkedStore MakeStore(int seed) => new Walked(new MemoryDisk((ulong)seed));

    private sealed class Walked(MemoryDisk disk) : IWalkedStore
    {
        private readonly VirtualTime _time = new();

        public IReadOnlyList<WalkEnd> Ends => [WalkEnd.Closed, WalkEnd.Killed, WalkEnd.PowerCut, WalkEnd.PowerCut];

        public async Task<IJournal> OpenAsync(JournalOptions options) => await disk.OpenAsync(options, _time);

        public void Hold() => disk.HoldSyncs();

        public void Release() => disk.ReleaseSyncs();

        public void Advance(TimeSpan time) => _time.Advance(time);

        public async Task EndAsync(IJournal journal, WalkEnd how)
        {
            if (how == WalkEnd.Closed)
            {
                disk.ReleaseSyncs();
                await journal.DisposeAsync();
            }
            else if (how == WalkEnd.PowerCut)
            {
                disk.Crash();
            }
            else
            {
                disk.Kill();
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
