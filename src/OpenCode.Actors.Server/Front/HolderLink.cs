using OpenCode.Actors.Storage.Sqlite.Doors;

namespace OpenCode.Actors.Server.Front;

/// <summary>The holder's current address, for requests to forward. Thread-safe.</summary>
internal sealed class HolderLink(TimeProvider time)
{
    private readonly Lock _lock = new();
    private HolderInfo? _holder;
    private TaskCompletionSource<HolderInfo> _found = NewWait();

    /// <summary>Gets the holder; null while there is none that answers.</summary>
    public HolderInfo? Holder
    {
        get
        {
            lock (_lock)
                return _holder;
        }
    }

    /// <summary>There is a holder, or another one.</summary>
    public void Found(HolderInfo holder)
    {
        TaskCompletionSource<HolderInfo> waiting;
        lock (_lock)
        {
            _holder = holder;
            waiting = _found;
            _found = NewWait();
        }

        waiting.TrySetResult(holder);
    }

    /// <summary>A holder does not answer, or has ended. Has no effect where there is another one already.</summary>
    public void Lost(HolderInfo holder)
    {
        lock (_lock)
        {
            if (ReferenceEquals(_holder, holder))
                _holder = null;
        }
    }

    /// <summary>Waits for a holder.</summary>
    /// <returns>The holder; null if there is none in time.</returns>
    public async Task<HolderInfo?> WaitAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        Task<HolderInfo> found;
        lock (_lock)
        {
            if (_holder is not null)
                return _holder;
            found = _found.Task;
        }

        if (limit <= TimeSpan.Zero)
            return null;

        try
        {
            return await found.WaitAsync(limit, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    private static TaskCompletionSource<HolderInfo> NewWait() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
