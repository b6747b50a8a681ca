using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Server.Front;
using OpenCode.Actors.Storage.Sqlite.Doors;

namespace OpenCode.Actors.EndToEnd.Front;

/// <summary>A server starts while another one that holds its data folder starts too.</summary>
public sealed class HolderSearchTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_folder_whose_holder_dies_in_its_start_is_taken()
    {
        var starting = DataFolder.Take(_folder.Path);
        var clock = new Rounds();
        var search = HolderSearch.TakeOrFindAsync(_folder.Path, clock, TimeSpan.FromMinutes(1));
        await Eventually.TrueAsync(() => clock.Count >= 5, "five rounds");
        starting.Dispose();

        var (held, holder) = await Eventually.EndsAsync(search, "the search");
        using (held)
        {
            Assert.NotNull(held);
            Assert.Null(holder);
        }
    }

    [Fact]
    public async Task A_holder_that_tells_where_it_listens_is_found()
    {
        using var starting = DataFolder.Take(_folder.Path);
        var clock = new Rounds();
        var search = HolderSearch.TakeOrFindAsync(_folder.Path, clock, TimeSpan.FromMinutes(1));
        await Eventually.TrueAsync(() => clock.Count >= 5, "five rounds");
        HolderFile.Write(_folder.Path, new HolderInfo("http://127.0.0.1:1", 7, "secret", HasPassword: false, new Dictionary<string, string>(StringComparer.Ordinal)));

        var (held, holder) = await Eventually.EndsAsync(search, "the search");
        Assert.Null(held);
        Assert.Equal(7, holder!.Pid);
    }

    [Fact]
    public async Task A_holder_that_tells_nothing_is_not_waited_for_for_ever()
    {
        using var other = DataFolder.Take(_folder.Path);
        await Assert.ThrowsAsync<JournalLockedException>(() => HolderSearch.TakeOrFindAsync(_folder.Path, TimeProvider.System, TimeSpan.FromMilliseconds(200)));
    }

    // The machine's clock, which counts the waits.
    private sealed class Rounds : TimeProvider
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Interlocked.Increment(ref _count);
            return base.CreateTimer(callback, state, dueTime, period);
        }
    }
}
