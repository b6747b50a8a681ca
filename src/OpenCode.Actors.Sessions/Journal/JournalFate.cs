namespace OpenCode.Actors.Sessions.Journal;

/// <summary>Tells the process that the journal is dead: nothing can be promised to anybody any more, and the process has to end (exit code 5).</summary>
internal sealed class JournalFate
{
    private readonly TaskCompletionSource<Exception> _died = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Gets a task that ends with the cause when the journal dies.</summary>
    public Task<Exception> Died => _died.Task;

    /// <summary>The journal is dead.</summary>
    public void Report(Exception cause) => _died.TrySetResult(cause);
}
