namespace OpenCode.Actors.Journal.Doors;

/// <summary>A thread of our own for calls that block until the disk has answered. It is made with the first work, and ends with <see cref="End"/>.</summary>
internal sealed class DiskThread(string name)
{
    private readonly object _gate = new();
    private readonly Queue<Action> _work = new();
    private Thread? _thread;

    public bool IsCurrent => ReferenceEquals(Thread.CurrentThread, Volatile.Read(ref _thread));

    public void Post(Action work)
    {
        lock (_gate)
        {
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

    /// <summary>Lets the thread end after the work it has.</summary>
    public void End()
    {
        lock (_gate)
        {
            if (_thread is null)
                return;
        }

        Post(Stop);
    }

    private void Loop()
    {
        while (IsCurrent)
        {
            Action? work;
            lock (_gate)
            {
                while (!_work.TryDequeue(out work))
                    Monitor.Wait(_gate);
            }

            work();
        }
    }

    private void Stop()
    {
        lock (_gate)
            _thread = null;
    }
}
