using Microsoft.Extensions.Logging;
using OpenCode.Actors.Journal.Stores;

namespace OpenCode.Actors.Journal.Batches;

/// <summary>Removes what is older than retention wants: by the clock, and when the store is full. One run at a time.</summary>
internal sealed partial class LogTrimmer(IBatchStore store, BatchLog log, JournalOptions options, JournalLifetime life, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    // Not at once: a start has the disk for itself.
    private static readonly TimeSpan FirstRun = TimeSpan.FromSeconds(1);

    private ITimer? _timer;
    private Task _trimming = Task.CompletedTask;

    /// <summary>Begins to run by the clock.</summary>
    public void Start() => _timer = time.CreateTimer(_ => Run(), null, FirstRun, Interval);

    /// <summary>Starts a run, unless one is under way.</summary>
    public void Run()
    {
        var last = Volatile.Read(ref _trimming);
        if (life.Over is not null || !last.IsCompleted)
            return;

        var run = new TaskCompletionSource(TaskCreationOptions.None);
        if (Interlocked.CompareExchange(ref _trimming, run.Task, last) == last)
            _ = TrimAsync(run);
    }

    /// <summary>Waits for the run that is under way, once the journal is closing.</summary>
    public async ValueTask DisposeAsync()
    {
        await _timer!.DisposeAsync().ConfigureAwait(false);
        await _trimming.ConfigureAwait(false);
    }

    private async Task TrimAsync(TaskCompletionSource run)
    {
        try
        {
            await store.TrimAsync(options, life.Stopping).ConfigureAwait(false);
            log.RaiseFloor((await store.ReadEndsAsync(life.Stopping).ConfigureAwait(false)).Floor);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // Closing.
        }
        catch (StoreException e) when (e is not StoreLostException)
        {
            LogFailed(logger, e);
        }
#pragma warning disable CA1031 // Whatever it is, the process does not know its store any more.
        catch (Exception e)
#pragma warning restore CA1031
        {
            life.Fail("removing old entries", e);
        }
        finally
        {
            run.SetResult();
        }
    }

    [LoggerMessage(EventId = 3026, Level = LogLevel.Warning, Message = "Retention failed, and is tried again in a while. The log grows until then.")]
    private static partial void LogFailed(ILogger logger, Exception cause);
}
