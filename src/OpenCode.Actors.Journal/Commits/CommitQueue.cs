using System.Collections.Concurrent;

namespace OpenCode.Actors.Journal.Commits;

/// <summary>What waits to be committed: batches go into the open group while the group before is on its way to the store. Thread-safe.</summary>
/// <param name="isSingleThreaded">Whether a caller continues on the thread that answers it.</param>
internal sealed class CommitQueue(bool isSingleThreaded)
{
    private const int SpareGroups = 2;

    private readonly Lock _gate = new();
    private readonly Queue<BatchGroup> _full = new();
    private readonly Stack<BatchGroup> _spare = new();
    private readonly ConcurrentQueue<AppendWaiter> _waiters = new();
    private BatchGroup? _open;
    private bool _committing;
    private Exception? _refusal;
    private TaskCompletionSource? _idle;

    /// <summary>Takes a batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="mostBytes">How long it may be when encoded.</param>
    /// <param name="wakes">True if no commit runs: the caller has to start one.</param>
    /// <returns>The wait for its commit.</returns>
    /// <exception cref="Exception">What was given to <see cref="Refuse"/>.</exception>
    public AppendWaiter Add(JournalBatch batch, long mostBytes, out bool wakes)
    {
        if (!_waiters.TryDequeue(out var waiter))
            waiter = new(_waiters, isSingleThreaded);

        lock (_gate)
        {
            if (_refusal is not null)
                throw _refusal;

            if (_open is { IsFull: true })
            {
                _full.Enqueue(_open);
                _open = null;
            }

            _open ??= _spare.TryPop(out var spare) ? spare : new();
            _open.Add(batch, mostBytes, waiter);

            wakes = !_committing;
            _committing = true;
            return waiter;
        }
    }

    /// <summary>Takes the next group; without one, the commits are done.</summary>
    public BatchGroup? Take()
    {
        TaskCompletionSource? idle;
        lock (_gate)
        {
            if (_full.TryDequeue(out var group))
                return group;

            if (_open is not null)
            {
                group = _open;
                _open = null;
                return group;
            }

            _committing = false;
            idle = _idle;
        }

        idle?.TrySetResult();
        return null;
    }

    /// <summary>Takes a group back when all its waiters are answered.</summary>
    public void Return(BatchGroup group)
    {
        group.Clear();
        lock (_gate)
        {
            if (_spare.Count < SpareGroups)
                _spare.Push(group);
        }
    }

    /// <summary>Refuses all that comes from now on.</summary>
    public void Refuse(Exception refusal)
    {
        lock (_gate)
            _refusal ??= refusal;
    }

    /// <summary>Waits until no commit runs. Nothing is taken any more by then.</summary>
    public Task WhenIdleAsync()
    {
        lock (_gate)
        {
            _idle ??= new(isSingleThreaded ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
            if (!_committing)
                _idle.TrySetResult();

            return _idle.Task;
        }
    }
}
