using System.Collections.Concurrent;

namespace OpenCode.Actors.Tests.TestKit;

/// <summary>
/// The synchronization context of a test's thread. What a step completes for an await of the test itself goes on when the run ends, on the thread that ran: in the middle of the
/// run it would change what the test looks at, and on another thread it would race with it.
/// </summary>
/// <param name="isRunning">Whether steps are run now.</param>
/// <param name="outer">Takes what is completed by other threads while no step runs; the thread pool when null.</param>
internal sealed class TestContinuations(Func<bool> isRunning, SynchronizationContext? outer) : SynchronizationContext
{
    private readonly ConcurrentQueue<(SendOrPostCallback Callback, object? State)> _waiting = new();

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (isRunning())
            _waiting.Enqueue((d, state));
        else if (outer is not null)
            outer.Post(RunHere, (d, state));
        else
            ThreadPool.QueueUserWorkItem(RunHere, (d, state));
    }

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Runs what waits, on this thread.</summary>
    public void Run()
    {
        while (_waiting.TryDequeue(out var next))
            RunHere(next);
    }

    private void RunHere(object? work)
    {
        var (callback, state) = ((SendOrPostCallback, object?))work!;
        var context = Current;
        SetSynchronizationContext(this);
        try
        {
            callback(state);
        }
        finally
        {
            SetSynchronizationContext(context);
        }
    }
}
