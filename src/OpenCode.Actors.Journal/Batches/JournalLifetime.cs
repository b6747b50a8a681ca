using Microsoft.Extensions.Logging;
using OpenCode.Actors.Journal.Stores;

namespace OpenCode.Actors.Journal.Batches;

/// <summary>The life of one journal until it fails or is closed. Whichever part fails, the journal fails here, once.</summary>
internal sealed partial class JournalLifetime(GenerationFollower generations, TimeProvider time, ILogger logger, Action<Exception> end, CancellationToken stopping)
{
    private const string Remedy = "Start the process again: it reads what is there, and tells clients which of their events are lost.";

    private readonly TaskCompletionSource<JournalFailedException> _died = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile JournalFailedException? _failure;
    private volatile ObjectDisposedException? _closed;

    public CancellationToken Stopping => stopping;

    public JournalFailedException? Failure => _failure;

    public Task<JournalFailedException> Died => _died.Task;

    /// <summary>Gets why nothing is taken any more; null while the journal is open.</summary>
    public Exception? Over => (Exception?)_failure ?? _closed;

    /// <summary>Makes the failure of a batch that was undecided when the journal closed.</summary>
    public static JournalFailedException ClosedUndecided() => new("it was closed before the store had answered", Remedy, null);

    /// <summary>Ends the journal: all waiting and later calls fail.</summary>
    /// <returns>The first failure, which is that of all calls.</returns>
    public JournalFailedException Fail(string doing, Exception cause)
    {
        // Also by a later failure than the first: cursors of before are known by the new generation (rule "Good cursor").
        if (cause is StoreLifeException { IsNoted: false })
            _ = generations.NoteLifeAsync();

        var failure = new JournalFailedException($"{doing}: {cause.Message}", (cause as StoreLostException)?.Remedy ?? Remedy, cause) { IsTaken = cause is StoreTakenException };
        if (Interlocked.CompareExchange(ref _failure, failure, null) is { } earlier)
            return earlier;

        LogFailed(logger, failure);
        end(failure);
        _died.TrySetResult(failure);
        return failure;
    }

    /// <summary>Notes that the journal closes.</summary>
    /// <returns>What later calls get; null if it was closed before.</returns>
    public ObjectDisposedException? Close()
    {
        var closed = new ObjectDisposedException(nameof(IJournal), "The journal is closed.");
        return Interlocked.CompareExchange(ref _closed, closed, null) is null ? closed : null;
    }

    public Task DelayAsync(TimeSpan delay) => Task.Delay(delay, time, stopping);

    /// <summary>Waits before a reading is tried again that the store did not answer.</summary>
    public Task BackOffAsync(StoreException fault, ref Backoff backoff, CancellationToken cancellationToken)
    {
        LogAway(logger, backoff.Level, fault.Message);
        return Task.Delay(backoff.Next(), time, cancellationToken);
    }

    [LoggerMessage(EventId = 3024, Message = "The log cannot be read at the moment; it is tried again, and streams wait. {Reason}")]
    private static partial void LogAway(ILogger logger, LogLevel level, string reason);

    [LoggerMessage(EventId = 3025, Level = LogLevel.Critical, Message = "The journal is dead. The process has to end; the next start reads what is there.")]
    private static partial void LogFailed(ILogger logger, Exception cause);
}
