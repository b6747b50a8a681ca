namespace OpenCode.Actors.Sessions.Sharding;

/// <summary>Whether commands and strict reads are taken at all: a node that cannot reach its database refuses them at once, and those under way too (RULES F1).</summary>
/// <remarks>Safe for many threads. A server without a cluster has none.</remarks>
internal sealed class CommandGate
{
    private readonly Lock _lock = new();
    private TaskCompletionSource<Unavailable> _closed = New();

    /// <summary>Gets a task that ends with the refusal as soon as the gate is closed; it has ended while the gate is.</summary>
    public Task<Unavailable> Closed
    {
        get
        {
            lock (_lock)
                return _closed.Task;
        }
    }

    /// <summary>Gets what everybody is answered while the gate is closed; null while it is open.</summary>
    public Unavailable? Refusal => Closed is { IsCompletedSuccessfully: true, Result: var refusal } ? refusal : null;

    /// <summary>Closes the gate, with another refusal if it is closed already.</summary>
    public void Close(Unavailable refusal)
    {
        lock (_lock)
        {
            if (!_closed.TrySetResult(refusal))
            {
                _closed = New();
                _closed.SetResult(refusal);
            }
        }
    }

    /// <summary>Opens the gate.</summary>
    public void Open()
    {
        lock (_lock)
        {
            if (_closed.Task.IsCompleted)
                _closed = New();
        }
    }

    private static TaskCompletionSource<Unavailable> New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
