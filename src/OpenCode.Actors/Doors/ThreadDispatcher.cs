using System.Collections.Concurrent;

namespace OpenCode.Actors.Doors;

/// <summary>Turns on threads of its own, which may block: one thread for one pinned actor, a bounded number for all blocking ones.</summary>
internal sealed class ThreadDispatcher(string name, int maxThreads) : IDispatcher, IDisposable
{
    private readonly Lock _lock = new();
    private readonly BlockingCollection<IThreadPoolWorkItem> _turns = [];
    private int _threads;
    private int _idle;
    private bool _isDisposed;

    public long Milliseconds => Environment.TickCount64;

    public void Schedule(IThreadPoolWorkItem turn, bool preferLocal)
    {
        lock (_lock)
        {
            if (!_isDisposed)
            {
                _turns.Add(turn);
                if (_idle < _turns.Count && _threads < maxThreads)
                    StartThreadNeedsLock();
                return;
            }
        }

        // An actor that has ended still answers a late watch and buries late messages.
        ThreadPool.UnsafeQueueUserWorkItem(turn, preferLocal: false);
    }

    /// <summary>Lets the threads end when they have run what is queued.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
            _turns.CompleteAdding();
        }
    }

    private void StartThreadNeedsLock()
    {
        _threads++;
        new Thread(Run) { Name = $"{name}-{_threads}", IsBackground = true }.UnsafeStart();
    }

    private void Run()
    {
        while (true)
        {
            Interlocked.Increment(ref _idle);
            var taken = _turns.TryTake(out var turn, Timeout.Infinite);
            Interlocked.Decrement(ref _idle);
            if (!taken)
                return;
            turn!.Execute();
        }
    }
}
