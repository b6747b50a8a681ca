namespace OpenCode.Actors.Journal.Tail;

/// <summary>Readers that wait for the head to move. Thread-safe.</summary>
internal sealed class HeadWaiters(Func<long> head, bool isSingleThreaded)
{
    private readonly Lock _gate = new();
    private readonly List<(long Offset, TaskCompletionSource Waiter)> _waiting = [];
    private Exception? _failure;

    public ValueTask WaitBeyondAsync(long offset, CancellationToken cancellationToken)
    {
        if (head() > offset)
            return ValueTask.CompletedTask;

        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled(cancellationToken);

        var waiter = new TaskCompletionSource(isSingleThreaded ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_failure is not null)
                return ValueTask.FromException(_failure);

            // Looked at again under the lock: Moved takes the lock after the head has moved.
            if (head() > offset)
                return ValueTask.CompletedTask;

            _waiting.Add((offset, waiter));
        }

        return cancellationToken.CanBeCanceled ? new(WaitAsync(waiter, cancellationToken)) : new(waiter.Task);
    }

    /// <summary>Wakes those that have something to read.</summary>
    public void Moved()
    {
        var now = head();
        List<TaskCompletionSource>? woken = null;
        lock (_gate)
        {
            for (var i = _waiting.Count - 1; i >= 0; i--)
            {
                if (_waiting[i].Offset >= now)
                    continue;

                (woken ??= []).Add(_waiting[i].Waiter);
                _waiting.RemoveAt(i);
            }
        }

        if (woken is null)
            return;

        foreach (var waiter in woken)
            waiter.TrySetResult();
    }

    /// <summary>Ends all waiting, now and later.</summary>
    public void Fail(Exception failure)
    {
        List<(long Offset, TaskCompletionSource Waiter)> waiting;
        lock (_gate)
        {
            _failure ??= failure;
            waiting = [.. _waiting];
            _waiting.Clear();
        }

        foreach (var (_, waiter) in waiting)
            waiter.TrySetException(failure);
    }

    private async Task WaitAsync(TaskCompletionSource waiter, CancellationToken cancellationToken)
    {
        using var registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), waiter);
        try
        {
            await waiter.Task.ConfigureAwait(false);
        }
        finally
        {
            lock (_gate)
                _waiting.RemoveAll(w => ReferenceEquals(w.Waiter, waiter));
        }
    }
}
