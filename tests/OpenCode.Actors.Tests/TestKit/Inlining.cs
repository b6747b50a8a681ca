namespace OpenCode.Actors.Tests.TestKit;

/// <summary>Completes fakes so that what awaits them with <c>ConfigureAwait(false)</c> goes on inside the call.</summary>
/// <remarks>The runtime continues an await inside the completing call only on a thread without a synchronization context and outside any other task scheduler; otherwise on the pool, some time later.</remarks>
internal static class Inlining
{
    [ThreadStatic]
    private static SynchronizationContext? _replaced;

    /// <summary>Gets the context of the thread, also inside <see cref="Run(Action)"/>.</summary>
    public static SynchronizationContext? Context => SynchronizationContext.Current ?? _replaced;

    public static T Run<T>(Func<T> function)
    {
        T result = default!;
        Run(() =>
        {
            result = function();
        });
        return result;
    }

    public static void Run(Action action)
    {
        var context = SynchronizationContext.Current;
        var outer = _replaced;
        _replaced = Context;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            if (TaskScheduler.Current == TaskScheduler.Default)
            {
                action();
            }
            else
            {
                var task = new Task(action, TaskCreationOptions.DenyChildAttach);
                task.RunSynchronously(TaskScheduler.Default);
                task.GetAwaiter().GetResult();
            }
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
            _replaced = outer;
        }
    }
}
