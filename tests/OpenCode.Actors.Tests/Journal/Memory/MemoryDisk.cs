using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Batches;
using OpenCode.Actors.Journal.Stores;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Journal.Memory;

/// <summary>
/// The disk of a single server, in memory, with the store on it: loses what a real one may lose (rule "Durable before visible"), and fails as the test wants it. All work runs on the thread of the
/// caller, so that a hub on one thread stays on one. Thread-safe.
/// </summary>
/// <param name="seed">Decides how much a power cut takes.</param>
internal sealed class MemoryDisk(ulong seed = 1)
{
    private const string Writer = "alone";

    private readonly Lock _gate = new();
    private readonly SeededEntropy _dice = new(seed);
    private readonly MemoryLargeBodies _bodies = new(new VirtualTime());
    private readonly MemoryContents _contents = new();

    // How to take back what was written since the last sync.
    private readonly List<Action> _unsynced = [];
    private readonly List<TaskCompletionSource> _heldSyncs = [];
    private bool _holdSyncs;
    private bool _isHeld;
    private bool _isNew = true;
    private long _used;

    /// <summary>Gets or sets the bytes that fit on it.</summary>
    public long Capacity { get; set; } = long.MaxValue;

    /// <summary>Gets or sets a value indicating whether every sync fails.</summary>
    public bool FailSyncs { get; set; }

    /// <summary>Gets or sets how many more batches are written before the power goes; null for no limit.</summary>
    public int? OperationsUntilCrash { get; set; }

    /// <summary>Gets or sets what is called before each batch is written.</summary>
    public Action? Observe { get; set; }

    /// <summary>Gets the number of the process that has the disk, or had it last.</summary>
    public int Life { get; private set; }

    /// <summary>Opens the journal on it, as a new process.</summary>
    /// <exception cref="JournalLockedException">Another one has it.</exception>
    public Task<BatchJournal> OpenAsync(JournalOptions options, TimeProvider time, JournalMetrics? metrics = null) =>
        BatchJournal.OpenAsync(new MemoryDiskStore(this, time), options, time, metrics: metrics);

    /// <summary>Returns how much room there is.</summary>
    public long FreeBytes()
    {
        lock (_gate)
            return Math.Max(0, Capacity - _used);
    }

    /// <summary>Cuts the power: a part of what was not synced is lost, from some batch on, and the process has ended.</summary>
    public void Crash()
    {
        lock (_gate)
            CrashNeedsLock();
    }

    /// <summary>Ends the process, as kill -9 does: what was written stays, synced or not.</summary>
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

        Inlining.Run(() =>
        {
            foreach (var sync in held)
                sync.SetResult();
        });
    }

    internal StoreLife Take(DateTimeOffset now)
    {
        lock (_gate)
        {
            if (_isHeld)
                throw new JournalLockedException("memory");

            (_isHeld, Life) = (true, Life + 1);
            _contents.Writers[Writer] = default;
            if (!_isNew)
                _contents.BeginGeneration(_contents.Ends.Generation, _contents.Head, now);
            (_isNew, _used) = (false, _contents.Batches.Sum(batch => (long)batch.Body.Length));
            _unsynced.Clear(); // A generation is written with a sync.
            return _contents.Life(null);
        }
    }

    internal void Release(int life)
    {
        lock (_gate)
        {
            if (life == Life)
                _isHeld = false;
        }
    }

    internal T Read<T>(int life, Func<MemoryContents, T> read)
    {
        lock (_gate)
        {
            CheckLifeNeedsLock(life);
            return read(_contents);
        }
    }

    internal async ValueTask<StoreCommit?> AppendAsync(int life, StoreBatch batch, TimeProvider time)
    {
        var sent = batch with { Body = batch.Body.ToArray(), Fences = [] }; // A single writer has no fences.
        var bytes = sent.Body.Length + sent.Changes.Sum(change => (long)(change.Json?.Length ?? 0));
        lock (_gate)
            BeginWriteNeedsLock(life, bytes);
        if (batch.IsDurable)
            await SyncTurnAsync().ConfigureAwait(false);

        lock (_gate)
        {
            CheckLifeNeedsLock(life);
            if (batch.IsDurable && FailSyncs)
                throw new StoreBrokenException("Syncing failed.", "Look at the disk.");

            _unsynced.Add(_contents.Undo(sent));
            var commit = _contents.Append(Writer, sent, static _ => 0, _bodies, time.GetUtcNow());
            _used += bytes;
            if (batch.IsDurable)
                _unsynced.Clear();
            return commit;
        }
    }

    private void BeginWriteNeedsLock(int life, long bytes)
    {
        CheckLifeNeedsLock(life);
        Observe?.Invoke();
        if (OperationsUntilCrash is { } left)
        {
            OperationsUntilCrash = left - 1;
            if (left <= 0)
            {
                OperationsUntilCrash = null;
                CrashNeedsLock();
                throw new StoreBrokenException("The power went.", "Start again.");
            }
        }

        if (_used + bytes > Capacity)
            throw new StoreFullException("There is no room.", Math.Max(0, Capacity - _used));
    }

    private void CheckLifeNeedsLock(int life)
    {
        if (life != Life || !_isHeld)
            throw new StoreBrokenException("This process has ended.", "Start again.");
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

    private void CrashNeedsLock()
    {
        var kept = _unsynced.Count == 0 ? 0 : _dice.Next(_unsynced.Count + 1);
        for (var i = _unsynced.Count - 1; i >= kept; i--)
            _unsynced[i]();
        KillNeedsLock();
    }

    private void KillNeedsLock()
    {
        _unsynced.Clear();
        _isHeld = false;
    }
}
