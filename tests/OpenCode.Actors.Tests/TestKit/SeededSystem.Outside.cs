namespace OpenCode.Actors.Tests.TestKit;

/// <content>Completions of the world outside: fakes, journals, networks.</content>
public sealed partial class SeededSystem
{
    /// <summary>Makes something that the world outside does, such as the completion of a fake, a step. It runs without a task scheduler, so what awaits it goes on inside it.</summary>
    /// <param name="what">Its name in the trace.</param>
    /// <param name="action">What happens.</param>
    public void Outside(string what, Action action) => Ready(new Step(what, action) { IsOutside = true });

    /// <summary>Makes a task that is completed by a step of its own.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="what">Its name in the trace.</param>
    /// <param name="result">Runs in the step; what it throws fails the task.</param>
    public Task<T> Later<T>(string what, Func<T> result)
    {
        var source = new TaskCompletionSource<T>();
        Outside(what, () => Complete(source, result));
        return source.Task;
    }

    /// <summary>Makes a call of the world outside in a step of its own; its completion is another. In between runs whatever the seed picks.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="what">Its name in the trace.</param>
    /// <param name="call">Is called without a task scheduler, so that <c>ConfigureAwait(false)</c> inside it stays on this thread.</param>
    public Task<T> CallOutside<T>(string what, Func<ValueTask<T>> call) => CallOutside(what, _ => call(), CancellationToken.None);

    /// <inheritdoc cref="CallOutside{T}(string, Func{ValueTask{T}})"/>
    /// <param name="cancellationToken">Cancels the call by a step of its own.</param>
    public Task<T> CallOutside<T>(string what, Func<CancellationToken, ValueTask<T>> call, CancellationToken cancellationToken) =>
        CallOutside(what, call, Outside, cancellationToken);

    /// <summary>Makes a task whose end is a step after that of another.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="what">Its name in the trace.</param>
    /// <param name="task">The other. What waits for it goes on in the call that completes it from now on.</param>
    public Task<T> Follow<T>(string what, Task<T> task)
    {
        ArgumentNullException.ThrowIfNull(task);
        var source = new TaskCompletionSource<T>();
        TaskFlags.ContinueInline(task);
        _ = task.ContinueWith(
            ended => Outside(what, () => source.TrySetFromTask(ended)),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        return source.Task;
    }

    /// <summary>Makes a token that is cancelled by a step after another is: a callback that runs inside a handler would send what awaits it to the thread pool.</summary>
    /// <param name="cancellationToken">The other.</param>
    public CancellationToken FollowToken(CancellationToken cancellationToken) => FollowToken(cancellationToken, out _);

    /// <summary>Makes a call in a step that <paramref name="post"/> makes.</summary>
    internal Task<T> CallOutside<T>(string what, Func<CancellationToken, ValueTask<T>> call, Action<string, Action> post, CancellationToken cancellationToken)
    {
        var source = new TaskCompletionSource<T>();
        var token = FollowToken(cancellationToken, out var registration);
        post(what, () => Complete(what + " done", () => call(token), source, registration));
        return source.Task;
    }

    private CancellationToken FollowToken(CancellationToken cancellationToken, out CancellationTokenRegistration registration)
    {
        registration = default;
        if (!cancellationToken.CanBeCanceled || cancellationToken.IsCancellationRequested)
            return cancellationToken;

        var source = new CancellationTokenSource();
        registration = cancellationToken.UnsafeRegister(_ => Outside("cancel", source.Cancel), null);
        return source.Token;
    }

    /// <summary>Calls at once and makes the completion a step.</summary>
    private void Complete<T>(string what, Func<ValueTask<T>> call, TaskCompletionSource<T> source, CancellationTokenRegistration registration)
    {
        Task<T> task;
        try
        {
            task = call().AsTask();
        }
#pragma warning disable CA1031 // The task fails with whatever the call throws.
        catch (Exception e)
#pragma warning restore CA1031
        {
            task = Task.FromException<T>(e);
        }

        TaskFlags.ContinueInline(task);
        _ = task.ContinueWith(
            ended =>
            {
                registration.Dispose();
                Outside(what, () => source.TrySetFromTask(ended));
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private static void Complete<T>(TaskCompletionSource<T> source, Func<T> result)
    {
        T value;
        try
        {
            value = result();
        }
#pragma warning disable CA1031 // The task fails with whatever the fake throws.
        catch (Exception e)
#pragma warning restore CA1031
        {
            source.TrySetException(e);
            return;
        }

        source.TrySetResult(value);
    }
}
