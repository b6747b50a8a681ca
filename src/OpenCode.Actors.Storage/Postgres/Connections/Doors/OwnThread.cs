namespace OpenCode.Actors.Storage.Postgres.Connections.Doors;

/// <summary>A thread of its own for what may stand still for seconds: on one of the pool's it would keep everything else waiting.</summary>
internal static class OwnThread
{
    /// <summary>Does something on a new thread.</summary>
    /// <param name="act">What is done. It does not fail.</param>
    /// <returns>A task that ends with it.</returns>
    public static Task RunAsync(Action act)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            act();
            done.SetResult();
        }) { IsBackground = true }.UnsafeStart();
        return done.Task;
    }
}
