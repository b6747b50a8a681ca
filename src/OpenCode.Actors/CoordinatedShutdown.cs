namespace OpenCode.Actors;

/// <summary>The one way down: phases in order, each with tasks that run side by side, within one time for all of them.</summary>
/// <remarks>Signals, the end of the host, a lost lease and a fatal failure all come here. It runs once.</remarks>
public sealed class CoordinatedShutdown
{
    private readonly Lock _lock = new();
    private readonly ActorSystem _system;
    private readonly TimeSpan _timeout;
    private readonly Dictionary<string, List<(string Name, Func<CancellationToken, Task> Run)>> _tasks = new(StringComparer.Ordinal);
    private Task? _run;

    internal CoordinatedShutdown(ActorSystem system, TimeSpan timeout)
    {
        _system = system;
        _timeout = timeout;
        AddTask(ShutdownPhases.SystemTerminate, "terminate-actors", _ => system.TerminateAsync());
    }

    /// <summary>Adds a task. After the shutdown has begun it is too late for that: nothing happens.</summary>
    /// <param name="phase">One of <see cref="ShutdownPhases"/>.</param>
    /// <param name="name">For the log.</param>
    /// <param name="task">The task; its token is cancelled when the time for the shutdown is over.</param>
    /// <exception cref="ArgumentException">There is no such phase.</exception>
    public void AddTask(string phase, string name, Func<CancellationToken, Task> task)
    {
        if (!ShutdownPhases.InOrder.Contains(phase, StringComparer.Ordinal))
            throw new ArgumentException($"There is no shutdown phase '{phase}'. The phases are {string.Join(", ", ShutdownPhases.InOrder)}.", nameof(phase));
        lock (_lock)
        {
            if (_run is not null)
                return;
            if (!_tasks.TryGetValue(phase, out var tasks))
                _tasks.Add(phase, tasks = []);
            tasks.Add((name, task));
        }
    }

    /// <summary>Runs all phases. A task that fails or does not end in time is logged, and the next phase runs.</summary>
    /// <param name="reason">For the log.</param>
    /// <returns>The end of the shutdown; the same task for every call. It never fails.</returns>
    public Task RunAsync(string reason)
    {
        TaskCompletionSource ended;
        lock (_lock)
        {
            if (_run is not null)
                return _run;
            ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _run = ended.Task;
        }

        _ = RunAsync(reason, ended);
        return ended.Task;
    }

    private async Task RunAsync(string reason, TaskCompletionSource ended)
    {
        _system.Log.ShutdownBegins(reason);
        using var timeout = new CancellationTokenSource(_timeout, _system.Time);
        var began = _system.Time.GetTimestamp();
        foreach (var phase in ShutdownPhases.InOrder)
        {
            if (!_tasks.TryGetValue(phase, out var tasks))
                continue;
            var left = _timeout - _system.Time.GetElapsedTime(began);
            var time = left > TimeSpan.Zero ? left : TimeSpan.Zero;
            await Task.WhenAll(tasks.Select(task => RunTaskAsync(phase, task.Name, task.Run, time, timeout.Token)));
        }

        _system.Log.ShutdownEnded();
        ended.TrySetResult();
    }

    private async Task RunTaskAsync(string phase, string name, Func<CancellationToken, Task> run, TimeSpan time, CancellationToken cancellationToken)
    {
        Task? task = null;
        try
        {
            task = run(cancellationToken);
            await task.WaitAsync(time, _system.Time, CancellationToken.None);
        }
        catch (Exception exception)
        {
            if (task is { IsCompleted: false } || cancellationToken.IsCancellationRequested)
                _system.Log.ShutdownTaskTimedOut(name, phase);
            else
                _system.Log.ShutdownTaskFailed(name, phase, exception);
        }
    }
}
