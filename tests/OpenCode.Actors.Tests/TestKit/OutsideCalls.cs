namespace OpenCode.Actors.Tests.TestKit;

/// <summary>Calls and completions of the world outside a <see cref="SeededSystem"/>: fakes, journals, networks.</summary>
public static class OutsideCalls
{
    /// <summary>Makes a task that is completed by a step of its own.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="system">Takes the step.</param>
    /// <param name="what">Its name in the trace.</param>
    /// <param name="result">Runs in the step; what it throws fails the task.</param>
    public static Task<T> Later<T>(this SeededSystem system, string what, Func<T> result)
    {
        ArgumentNullException.ThrowIfNull(system);
        var source = new TaskCompletionSource<T>();
        system.Outside(what, () => source.TrySetFromTask(Begin(() => Task.FromResult(result()))));
        return source.Task;
    }

    /// <summary>Makes a call in a step of its own; its completion is another. In between runs whatever the seed picks.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="system">Takes the steps.</param>
    /// <param name="what">Its name in the trace.</param>
    /// <param name="call">Is called without a task scheduler, so that <c>ConfigureAwait(false)</c> inside it stays on this thread.</param>
    public static Task<T> CallOutside<T>(this SeededSystem system, string what, Func<ValueTask<T>> call) =>
        system.CallOutside(what, _ => call(), CancellationToken.None);

    /// <inheritdoc cref="CallOutside{T}(SeededSystem, string, Func{ValueTask{T}})"/>
    /// <param name="cancellationToken">Cancels the call by a step of its own.</param>
    public static Task<T> CallOutside<T>(this SeededSystem system, string what, Func<CancellationToken, ValueTask<T>> call, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(system);
        return system.CallOutside(what, call, system.Outside, cancellationToken);
    }

    /// <summary>Makes a task whose end is a step after that of another.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="system">Takes the step.</param>
    /// <param name="what">Its name in the trace.</param>
    /// <param name="task">The other. What waits for it goes on in the call that completes it from now on.</param>
    public static Task<T> Follow<T>(this SeededSystem system, string what, Task<T> task)
    {
        ArgumentNullException.ThrowIfNull(task);
        var source = new TaskCompletionSource<T>();
        WhenEnded(task, () => system.Outside(what, () => source.TrySetFromTask(task)));
        return source.Task;
    }

    /// <summary>Makes a token that is cancelled by a step after another is: a callback that runs inside a handler would send what awaits it to the thread pool.</summary>
    /// <param name="system">Takes the step.</param>
    /// <param name="cancellationToken">The other.</param>
    public static CancellationToken FollowToken(this SeededSystem system, CancellationToken cancellationToken) => system.FollowToken(cancellationToken, out _);

    /// <summary>Makes a call in a step that <paramref name="post"/> makes.</summary>
    internal static Task<T> CallOutside<T>(
        this SeededSystem system, string what, Func<CancellationToken, ValueTask<T>> call, Action<string, Action> post, CancellationToken cancellationToken)
    {
        var source = new TaskCompletionSource<T>();
        var token = system.FollowToken(cancellationToken, out var registration);
        post(what, () =>
        {
            var task = Begin(() => call(token).AsTask());
            WhenEnded(task, () =>
            {
                registration.Dispose();
                system.Outside(what + " done", () => source.TrySetFromTask(task));
            });
        });
        return source.Task;
    }

    private static CancellationToken FollowToken(this SeededSystem system, CancellationToken cancellationToken, out CancellationTokenRegistration registration)
    {
        registration = default;
        if (!cancellationToken.CanBeCanceled || cancellationToken.IsCancellationRequested)
            return cancellationToken;

        var source = new CancellationTokenSource();
        registration = cancellationToken.UnsafeRegister(_ => system.Outside("cancel", source.Cancel), null);
        return source.Token;
    }

    private static Task<T> Begin<T>(Func<Task<T>> call)
    {
        try
        {
            return call();
        }
#pragma warning disable CA1031 // The task fails with whatever the call throws.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return Task.FromException<T>(e);
        }
    }

    private static void WhenEnded(Task task, Action action)
    {
        TaskFlags.ContinueInline(task);
        _ = task.ContinueWith(_ => action(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }
}
