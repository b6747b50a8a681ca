namespace OpenCode.Actors.Journaling.Disks;

/// <summary>A data folder in memory that loses what a real one may lose: the twin on which the journal's own recovery is tested and simulated.</summary>
/// <remarks>
/// All work runs on the thread of the caller, so that a hub on one thread stays on one. A <see cref="Crash"/> keeps or loses each sector, length and name that was not
/// synced on its own (RULES B3), by coins of the seed. Thread-safe.
/// </remarks>
/// <param name="seed">Decides what a crash takes.</param>
public sealed class MemoryDisk(ulong seed = 1) : IDisk
{
    private readonly Lock _gate = new();
    private readonly MemoryFolder _names = new();
    private readonly List<TaskCompletionSource> _heldSyncs = [];
    private ulong _coins = seed;
    private bool _holdSyncs;
    private object? _hold;
    private int _life;

    /// <inheritdoc/>
    public string Name => "memory";

    /// <inheritdoc/>
    public bool RunsInline => true;

    /// <summary>Gets or sets the bytes that fit on it, over all files.</summary>
    public long Capacity { get; set; } = long.MaxValue;

    /// <summary>Gets or sets a value indicating whether every sync fails, of files and of folders.</summary>
    public bool FailSyncs { get; set; }

    /// <summary>Gets or sets a value indicating whether every write fails as on broken hardware.</summary>
    public bool FailWrites { get; set; }

    /// <summary>Gets or sets how many more writes, syncs and changes of names succeed before the power goes; null for no limit.</summary>
    public int? OperationsUntilCrash { get; set; }

    /// <summary>Gets or sets who is told of each write, sync and change of names before it happens, such as <c>sync journal/1.log</c>.</summary>
    public Action<string>? Observe { get; set; }

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

    /// <summary>Takes the power away: what was not synced is kept or lost by coin, and whoever had files open has them no more.</summary>
    public void Crash()
    {
        lock (_gate)
            CrashNeedsLock();
    }

    /// <summary>Ends the process that has the folder, as kill -9 does: what was written stays, synced or not, and whoever had files open has them no more.</summary>
    public void Kill()
    {
        lock (_gate)
            KillNeedsLock();
    }

    /// <summary>Makes syncs wait until <see cref="ReleaseSyncs"/>.</summary>
    public void HoldSyncs()
    {
        lock (_gate)
            _holdSyncs = true;
    }

    /// <summary>Lets the syncs that wait, and all later ones, go on; those that wait on the thread of the caller.</summary>
    public void ReleaseSyncs()
    {
        TaskCompletionSource[] held;
        lock (_gate)
        {
            _holdSyncs = false;
            held = [.. _heldSyncs];
            _heldSyncs.Clear();
        }

        // Without a context the continuations run here and now, which is what a test on one thread counts on.
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            foreach (var sync in held)
                sync.SetResult();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    /// <summary>Turns one bit of a file over, synced or not, as a failing medium does.</summary>
    /// <param name="path">The file.</param>
    /// <param name="bitOffset">Which bit, from the start of the file.</param>
    public void FlipBit(string path, long bitOffset)
    {
        lock (_gate)
            (_names.Find(path) ?? throw new FileNotFoundException("There is no such file.", path)).FlipBit(bitOffset);
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

    internal int Read(MemoryContent content, int life, long position, Span<byte> buffer)
    {
        lock (_gate)
        {
            CheckLifeNeedsLock(life);
            return content.Read(position, buffer);
        }
    }

    internal void Write(MemoryContent content, string path, int life, long position, ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            CheckLifeNeedsLock(life);
            if (FailWrites)
                throw new IOException($"Writing '{path}' failed.");

            var room = Capacity - _names.TotalBytes;
            var grows = position + bytes.Length - content.Length;
            var fits = grows <= room ? bytes.Length : (int)Math.Max(0, bytes.Length - (grows - room));
            content.Write(position, bytes[..fits]);
            CountOperationNeedsLock("write ", path);
            if (fits < bytes.Length)
                throw new DiskFullException(path);
        }
    }

    internal void Truncate(MemoryContent content, string path, int life, long length)
    {
        lock (_gate)
        {
            CheckLifeNeedsLock(life);
            content.Truncate(length);
            CountOperationNeedsLock("truncate ", path);
        }
    }

    internal long LengthOf(MemoryContent content)
    {
        lock (_gate)
            return content.Length;
    }

    internal async ValueTask SyncAsync(MemoryContent content, string path, int life)
    {
        await SyncTurnAsync().ConfigureAwait(false);
        lock (_gate)
        {
            CheckLifeNeedsLock(life);
            CountOperationNeedsLock("sync ", path);
            FailSyncNeedsLock(path);
            content.Sync();
        }
    }

    private Task SyncTurnAsync()
    {
        lock (_gate)
        {
            if (!_holdSyncs)
                return Task.CompletedTask;

            var turn = new TaskCompletionSource(TaskCreationOptions.None);
            _heldSyncs.Add(turn);
            return turn.Task;
        }
    }

    private void FailSyncNeedsLock(string path)
    {
        if (FailSyncs)
            throw new IOException($"Syncing '{path}' failed.");
    }

    private void CountOperationNeedsLock(string operation, string path)
    {
        if (_hold is null)
            throw new IOException("Nobody has the folder: the power went, or the process was killed, or it was never locked.");

        Observe?.Invoke(operation + path);
        if (OperationsUntilCrash is not { } left)
            return;

        OperationsUntilCrash = left - 1;
        if (left > 0)
            return;

        OperationsUntilCrash = null;
        CrashNeedsLock();
        throw new IOException("The power went.");
    }

    private void CheckLifeNeedsLock(int life)
    {
        if (life != _life)
            throw new IOException("The file was open before the crash.");
    }

    private void CrashNeedsLock()
    {
        _names.Crash(NextCoins);
        KillNeedsLock();
    }

    private void KillNeedsLock()
    {
        _life++;
        _hold = null;
    }

    // SplitMix64: any seed is a good one.
    private ulong NextCoins()
    {
        var z = _coins += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
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
