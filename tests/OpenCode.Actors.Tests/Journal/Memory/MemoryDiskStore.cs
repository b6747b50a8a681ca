using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Stores;

namespace OpenCode.Actors.Tests.Journal.Memory;

/// <summary>The way of one process to its <see cref="MemoryDisk"/>: what SQLite is to a real one.</summary>
/// <param name="disk">The disk.</param>
/// <param name="time">The clock.</param>
internal sealed class MemoryDiskStore(MemoryDisk disk, TimeProvider time) : IBatchStore
{
    private int _life;

    public string Place => "memory";

    public bool IsSingleThreaded => true;

    public bool IsShared => false;

    public ValueTask<StoreLife> OpenAsync(CancellationToken cancellationToken)
    {
        var life = disk.Take(time.GetUtcNow());
        _life = disk.Life;
        return new(life);
    }

    public ValueTask<StoreLife> ReadLifeAsync(StoredBatch? last, CancellationToken cancellationToken) => throw new StoreTakenException("memory");

    public async ValueTask<StoreAppended?> AppendAsync(StoreBatch batch, StoredBatch? last, CancellationToken cancellationToken) =>
        await disk.AppendAsync(_life, batch, time).ConfigureAwait(false) is { } commit ? new(commit, []) : throw new StoreTakenException("memory");

    public ValueTask<StoreLook> LookAsync(IReadOnlyList<Fence> fences, CancellationToken cancellationToken) => throw new NotSupportedException("This store has one writer.");

    public ValueTask<StoreEnds> ReadEndsAsync(CancellationToken cancellationToken) => Read(static contents => contents.Ends);

    public ValueTask<StorePage> ReadAsync(long after, int pageBytes, CancellationToken cancellationToken) => Read(contents => contents.Page(after, pageBytes, time.GetUtcNow()));

    public ValueTask<StorePage> ReadBehindAsync(long after, int pageBytes, CancellationToken cancellationToken) => ReadAsync(after, pageBytes, cancellationToken);

    public ValueTask<IReadOnlyList<StateRow>> LoadAsync(string owner, CancellationToken cancellationToken) => Read(contents => contents.RowsOf(row => row.Owner == owner));

    public ValueTask<IReadOnlyList<StateRow>> ListAsync(string kind, CancellationToken cancellationToken) => Read(contents => contents.RowsOf(row => row.Kind == kind));

    public ValueTask<IStoreHints> ListenAsync(CancellationToken cancellationToken) => throw new NotSupportedException("This store has one writer.");

    public ValueTask TrimAsync(JournalOptions retention, CancellationToken cancellationToken)
    {
        disk.Observe?.Invoke();
        _ = disk.Read(_life, contents => contents.Trim(retention, time.GetUtcNow()));
        return ValueTask.CompletedTask;
    }

    public ValueTask BeginGenerationAsync(long expected, CancellationToken cancellationToken) => default;

    public ValueTask<bool> BeginGenerationAsync(long expected, long beyond, CancellationToken cancellationToken) => new(false);

    public ValueTask DisposeAsync()
    {
        disk.Release(_life);
        return ValueTask.CompletedTask;
    }

    private ValueTask<T> Read<T>(Func<MemoryContents, T> read)
    {
        try
        {
            return new(disk.Read(_life, read));
        }
        catch (StoreException e)
        {
            return ValueTask.FromException<T>(e);
        }
    }
}
