namespace OpenCode.Actors.Sessions.Readiness;

/// <summary>How far the index of this node has followed the log, for those that decide by what it has learned there. Outlives the index's incarnations. Thread-safe.</summary>
internal sealed class IndexProgress
{
    private readonly Lock _gate = new();
    private readonly List<(long Offset, TaskCompletionSource Reached)> _waiting = [];
    private long _reached = -1;

    /// <summary>The index has taken in the log up to an offset.</summary>
    public void Reached(long offset)
    {
        List<TaskCompletionSource> reached;
        lock (_gate)
        {
            if (offset <= _reached)
                return;

            _reached = offset;
            reached = [.. _waiting.Where(waiting => waiting.Offset <= offset).Select(static waiting => waiting.Reached)];
            _waiting.RemoveAll(waiting => waiting.Offset <= offset);
        }

        foreach (var waiting in reached)
            waiting.SetResult();
    }

    /// <summary>Waits until the index has taken in the log up to an offset.</summary>
    public Task WhenReachedAsync(long offset, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (offset <= _reached)
                return Task.CompletedTask;

            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((offset, reached));
            return reached.Task.WaitAsync(cancellationToken);
        }
    }
}
