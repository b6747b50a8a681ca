using Microsoft.Extensions.Logging;
using OpenCode.Actors.Journal.Stores;

namespace OpenCode.Actors.Journal.Batches;

/// <summary>Removes what is older than retention wants: by the clock, and when the store is full. One run at a time.</summary>
internal sealed partial class LogTrimmer : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly IBatchStore _store;
    private readonly BatchLog _log;
    private readonly JournalOptions _options;
    private readonly JournalLifetime _life;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private Task _trimming = Task.CompletedTask;
    private int _isTrimming;

    /// <summary>Initializes a new instance of the <see cref="LogTrimmer"/> class.</summary>
    /// <param name="store">The store.</param>
    /// <param name="log">Learns the new floor.</param>
    /// <param name="options">How much is kept.</param>
    /// <param name="life">Ends with the journal.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Logs runs that failed.</param>
    public LogTrimmer(IBatchStore store, BatchLog log, JournalOptions options, JournalLifetime life, TimeProvider time, ILogger logger)
    {
        (_store, _log, _options, _life, _logger) = (store, log, options, life, logger);
        _timer = time.CreateTimer(_ => Start(), null, Interval, Interval);
    }

    /// <summary>Starts a run, unless one is under way.</summary>
    public void Start()
    {
        if (_life.Over is null && Interlocked.Exchange(ref _isTrimming, 1) == 0)
            _trimming = TrimAsync();
    }

    /// <summary>Waits for the run that is under way, once the journal is closing.</summary>
    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync().ConfigureAwait(false);
        await _trimming.ConfigureAwait(false);
    }

    private async Task TrimAsync()
    {
        try
        {
            await _store.TrimAsync(_options, _life.Stopping).ConfigureAwait(false);
            _log.RaiseFloor((await _store.ReadEndsAsync(_life.Stopping).ConfigureAwait(false)).Floor);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // Closing.
        }
        catch (StoreLostException e)
        {
            _life.Fail("removing old entries", e);
        }
        catch (StoreException e)
        {
            LogFailed(_logger, e);
        }
        finally
        {
            Volatile.Write(ref _isTrimming, 0);
        }
    }

    [LoggerMessage(EventId = 3026, Level = LogLevel.Warning, Message = "Retention failed, and is tried again in a while. The log grows until then.")]
    private static partial void LogFailed(ILogger logger, Exception cause);
}
