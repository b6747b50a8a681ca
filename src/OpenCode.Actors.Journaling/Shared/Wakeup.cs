namespace OpenCode.Actors.Journaling.Shared;

/// <summary>Wakes the one that waits; being woken several times before it waits again is being woken once. Thread-safe.</summary>
/// <remarks>Who waits goes on on the thread of the one that wakes: it asks the store at once, and is away again until the answer comes.</remarks>
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
