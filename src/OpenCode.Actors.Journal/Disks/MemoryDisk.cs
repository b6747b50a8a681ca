namespace OpenCode.Actors.Journal.Disks;

/// <summary>A data folder in memory that loses what a real one may lose: the twin on which the journal's own recovery is tested and simulated.</summary>
/// <remarks>
/// All work runs on the thread of the caller, so that a hub on one thread stays on one. A <see cref="Crash"/> keeps or loses each sector, length and name that was not
/// synced on its own (RULES B3), by coins of the seed. Thread-safe.
/// </remarks>
/// <param name="seed">Decides what a crash takes.</param>
public sealed partial class MemoryDisk(ulong seed = 1) : IDisk
{
    private readonly Lock _gate = new();
    private readonly MemoryFolder _names = new();
    private object? _hold;
    private int _life;

    /// <inheritdoc/>
    public string Name => "memory";

    /// <inheritdoc/>
    public bool RunsInline => true;

    /// <inheritdoc/>
    public IDisposable Lock()
    {
        lock (_gate)
        {
            if (_hold is not null)
                throw new JournalLockedException(Name);

            var hold = new Hold(this);
            _hold = hold;
            return hold;
        }
    }

    /// <inheritdoc/>
    public void Run(Action work)
    {
        ArgumentNullException.ThrowIfNull(work);
        work();
    }

    /// <inheritdoc/>
    public void RunAside(Action work) => Run(work);

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string folder)
    {
        lock (_gate)
            return _names.List(folder);
    }

    /// <inheritdoc/>
    public IDiskFile Open(string path, DiskFileMode mode)
    {
        lock (_gate)
        {
            if (mode != DiskFileMode.Create)
                return new MemoryFile(this, path, _names.Find(path) ?? throw new FileNotFoundException("There is no such file.", path), _life);

            CountOperationNeedsLock("create ", path);
            var content = new MemoryContent();
            _names.Put(path, content);
            return new MemoryFile(this, path, content, _life);
        }
    }

    /// <inheritdoc/>
    public void Delete(string path)
    {
        lock (_gate)
        {
            if (_names.Find(path) is null)
                return;

            CountOperationNeedsLock("delete ", path);
            _names.Remove(path);
        }
    }

    /// <inheritdoc/>
    public void Rename(string path, string newPath)
    {
        lock (_gate)
        {
            CountOperationNeedsLock("rename ", newPath);
            _names.Move(path, newPath);
        }
    }

    /// <inheritdoc/>
    public async ValueTask SyncFolderAsync(string folder)
    {
        await SyncTurnAsync().ConfigureAwait(false);
        lock (_gate)
        {
            CountOperationNeedsLock("sync ", folder + "/");
            FailSyncNeedsLock(folder);
            _names.Sync(folder);
        }
    }

    /// <inheritdoc/>
    public long FreeBytes()
    {
        lock (_gate)
            return Math.Max(0, Capacity - _names.TotalBytes);
    }

    /// <summary>Copies the disk as it is now: what is written, as if all of it were synced.</summary>
    /// <returns>A disk of its own with the same files, without faults.</returns>
    public MemoryDisk Copy()
    {
        var copy = new MemoryDisk(_coins);
        lock (_gate)
            _names.CopyTo(copy._names);

        return copy;
    }

    private sealed class Hold(MemoryDisk disk) : IDisposable
    {
        public void Dispose()
        {
            lock (disk._gate)
            {
                if (ReferenceEquals(disk._hold, this))
                    disk._hold = null;
            }
        }
    }
}
