namespace OpenCode.Actors.Journal.Disks;

/// <content>What can be made to go wrong.</content>
public sealed partial class MemoryDisk
{
    private readonly List<TaskCompletionSource> _heldSyncs = [];
    private ulong _coins = seed;
    private bool _holdSyncs;

    /// <summary>Gets or sets the bytes that fit on it, over all files.</summary>
    public long Capacity { get; set; } = long.MaxValue;

    /// <summary>Gets or sets a value indicating whether every sync fails, of files and of folders.</summary>
    public bool FailSyncs { get; set; }

    /// <summary>Gets or sets a value indicating whether every write fails as on broken hardware.</summary>
    public bool FailWrites { get; set; }

    /// <summary>Gets or sets how many more writes, syncs and changes of names succeed before the power goes; null for no limit.</summary>
    public int? OperationsUntilCrash { get; set; }

    /// <summary>Gets or sets what is called before each write, sync and change of names, such as <c>sync journal/1.log</c>.</summary>
    public Action<string>? Observe { get; set; }

    /// <summary>Cuts the power: what was not synced is kept or lost by coin, and all open files are closed.</summary>
    public void Crash()
    {
        lock (_gate)
            CrashNeedsLock();
    }

    /// <summary>Ends the process that has the folder, as kill -9 does: what was written stays, synced or not, and all open files are closed.</summary>
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
}
