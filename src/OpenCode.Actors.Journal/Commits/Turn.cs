namespace OpenCode.Actors.Journal.Commits;

/// <summary>Lets one in at a time, first come, first served.</summary>
/// <param name="answersInline">Whether the next goes on inside the call that gives the turn back, where a semaphore would send it to the thread pool.</param>
internal sealed class Turn(bool answersInline)
{
    private readonly Lock _lock = new();
    private readonly Queue<TaskCompletionSource> _waiting = [];
    private bool _isTaken;

    /// <summary>Takes the turn unless another has it.</summary>
    public bool TryTake()
    {
        lock (_lock)
        {
            if (_isTaken)
                return false;
            _isTaken = true;
            return true;
        }
    }

    /// <summary>Takes the turn as soon as all that came before have given it back.</summary>
    public Task TakeAsync()
    {
        lock (_lock)
        {
            if (TryTake())
                return Task.CompletedTask;

            var waiter = new TaskCompletionSource(answersInline ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(waiter);
            return waiter.Task;
        }
    }

    /// <summary>Gives the turn to the next.</summary>
    public void GiveBack()
    {
        TaskCompletionSource? next;
        lock (_lock)
            _isTaken = _waiting.TryDequeue(out next);
        next?.SetResult();
    }
}
