namespace OpenCode.Actors.Sessions.Sharding;

/// <summary>
/// Whether commands and strict reads are taken: a node that cannot reach its database refuses them at once, and those under way too (RULES F1); one that is about to join its
/// cluster lets them wait.
/// </summary>
/// <remarks>Safe for many threads. A server without a cluster has none.</remarks>
internal sealed class CommandGate(TimeProvider time)
{
    // As long as a command waits for the takeover of its session.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(8);

    private readonly Lock _lock = new();
    private TaskCompletionSource<Unavailable> _closed = NewClosed();
    private Holding? _held;

    /// <summary>Gets a task that ends with the refusal as soon as the gate is closed; it has ended while the gate is.</summary>
    public Task<Unavailable> Closed
    {
        get
        {
            lock (_lock)
                return _closed.Task;
        }
    }

    /// <summary>Gets why commands are not taken now: the gate is closed, or they wait before it; null while it is open.</summary>
    public Unavailable? Reason
    {
        get
        {
            lock (_lock)
                return _held?.Reason ?? RefusalNeedsLock;
        }
    }

    /// <summary>Gets what everybody is answered while the gate is closed; null while it is open or commands wait before it.</summary>
    public Unavailable? Refusal
    {
        get
        {
            lock (_lock)
                return RefusalNeedsLock;
        }
    }

    private Unavailable? RefusalNeedsLock => _closed.Task is { IsCompletedSuccessfully: true, Result: var refusal } ? refusal : null;

    /// <summary>Lets a command in, at once or after a wait of some seconds.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>Null when it may go on; else what it is refused with.</returns>
    public ValueTask<Unavailable?> AdmitAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
            return _held is { } held ? WaitAsync(held, cancellationToken) : new(RefusalNeedsLock);
    }

    /// <summary>Closes the gate, with another refusal if it is closed already.</summary>
    public void Close(Unavailable refusal)
    {
        lock (_lock)
        {
            if (!_closed.TrySetResult(refusal))
            {
                _closed = NewClosed();
                _closed.SetResult(refusal);
            }

            LetGoNeedsLock();
        }
    }

    /// <summary>Lets commands wait before the gate: it is about to open. Those under way go on.</summary>
    /// <param name="reason">What those are answered that have waited for too long.</param>
    public void Hold(Unavailable reason)
    {
        lock (_lock)
        {
            ReopenNeedsLock();
            _held ??= new Holding(reason);
        }
    }

    /// <summary>Opens the gate.</summary>
    public void Open()
    {
        lock (_lock)
        {
            ReopenNeedsLock();
            LetGoNeedsLock();
        }
    }

    private async ValueTask<Unavailable?> WaitAsync(Holding held, CancellationToken cancellationToken)
    {
        try
        {
            await held.Ended.WaitAsync(_patience, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Said below, as what is so now.
        }

        return Reason;
    }

    private void ReopenNeedsLock()
    {
        if (_closed.Task.IsCompleted)
            _closed = NewClosed();
    }

    private void LetGoNeedsLock()
    {
        _held?.End();
        _held = null;
    }

    private static TaskCompletionSource<Unavailable> NewClosed() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class Holding(Unavailable reason)
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Unavailable Reason => reason;

        public Task Ended => _ended.Task;

        public void End() => _ended.SetResult();
    }
}
