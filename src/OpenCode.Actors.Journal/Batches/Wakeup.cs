namespace OpenCode.Actors.Journal.Batches;

/// <summary>Wakes one waiter; several calls before it waits again count as one. Thread-safe.</summary>
/// <remarks>The waiter continues on the thread of the caller: it sends a request to the store at once, and returns until the answer comes.</remarks>
internal sealed class Wakeup
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _waiter;
    private bool _isSet;

    public void Set()
    {
        TaskCompletionSource? waiter;
        lock (_gate)
        {
            (waiter, _waiter) = (_waiter, null);
            _isSet = waiter is null;
        }

        waiter?.SetResult();
    }

    public Task WaitAsync()
    {
        lock (_gate)
        {
            if (_isSet)
            {
                _isSet = false;
                return Task.CompletedTask;
            }

            _waiter = new(TaskCreationOptions.None);
            return _waiter.Task;
        }
    }
}
