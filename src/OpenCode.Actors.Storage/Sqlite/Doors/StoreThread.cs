namespace OpenCode.Actors.Storage.Sqlite.Doors;

/// <summary>A thread of our own for calls that block until the disk has answered. It starts with the first work, and ends with <see cref="EndAsync"/>.</summary>
/// <param name="name">The name of the thread.</param>
/// <param name="continuesHere">Whether the caller continues on this thread, where it has nothing to do that blocks; else on the thread pool.</param>
internal sealed class StoreThread(string name, bool continuesHere)
{
    private readonly object _gate = new();
    private readonly Queue<Action> _work = new();
    private Thread? _thread;
    private bool _isOver;

    /// <summary>Runs work, one after the other.</summary>
    /// <param name="work">The work.</param>
    /// <exception cref="ObjectDisposedException">The thread has ended.</exception>
    public Task<T> RunAsync<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(continuesHere ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            T result;
            try
            {
                result = work();
            }
#pragma warning disable CA1031 // Any failure goes to the caller that waits for the work.
            catch (Exception e)
#pragma warning restore CA1031
            {
                done.SetException(e);
                return;
            }

            done.SetResult(result);
        });
        return done.Task;
    }

    /// <summary>Ends the thread after the work it has, and the given one.</summary>
    /// <param name="last">Closes what the work has opened; not run where there was none.</param>
    public Task EndAsync(Action last)
    {
        lock (_gate)
        {
            _isOver |= _thread is null;
            if (_isOver)
                return Task.CompletedTask;
        }

        return RunAsync(() =>
        {
            last();
            lock (_gate)
                _isOver = true;
            return true;
        });
    }

    private void Post(Action work)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isOver, this);
            _work.Enqueue(work);
            if (_thread is null)
            {
                _thread = new Thread(Loop) { IsBackground = true, Name = name };
                _thread.Start();
            }
            else
            {
                Monitor.Pulse(_gate);
            }
        }
    }

    private void Loop()
    {
        while (true)
        {
            Action work;
            lock (_gate)
            {
                while (_work.Count == 0)
                {
                    if (_isOver)
                        return;
                    Monitor.Wait(_gate);
                }

                work = _work.Dequeue();
            }

            work();
        }
    }
}
