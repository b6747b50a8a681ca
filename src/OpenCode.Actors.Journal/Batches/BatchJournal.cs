using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using OpenCode.Actors.Journal.Commits;
using OpenCode.Actors.Journal.Bodies;

namespace OpenCode.Actors.Journal.Batches;

/// <summary>The journal over a store of batches: group commit, lost answers, order, the tail, generations. The store is this process's own (RULES B), or all nodes of a cluster append to it (RULES E).</summary>
/// <remarks>
/// While a shared store is away, appends are undecided and reads wait: nothing fails by it, see <see cref="AwayFor"/>. What ends the journal is another life of the store
/// (RULES E5) in which not all is that this process holds: then it has to start anew.
/// </remarks>
public sealed partial class BatchJournal : IJournal
{
    // Hints are lost at times: this is how long it takes then until the others' events are seen.
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TrimInterval = TimeSpan.FromSeconds(10);

    // Not at once: a start has the disk for itself.
    private static readonly TimeSpan FirstTrim = TimeSpan.FromSeconds(1);

    // An answer that takes longer than this is one that does not come.
    private static readonly TimeSpan SlowAnswer = TimeSpan.FromMilliseconds(500);

    // How long a closing journal tries to have the last appends decided.
    private static readonly TimeSpan ClosingTime = TimeSpan.FromSeconds(3);

    private const string Remedy = "Start the process again: it reads what is there, and clients are told of what they have that is not.";

    private readonly IBatchStore _store;
    private readonly JournalOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly JournalMetrics? _metrics;
    private readonly BatchLog _log;
    private readonly EntryDecoder _decoder = new();
    private readonly CommitQueue<BatchGroup> _queue;
    private readonly CancellationTokenSource _stop = new();
    private readonly Wakeup _tailWakeup = new();
    private readonly ITimer _poll;
    private readonly ITimer _trim;
    private readonly ITimer _late;
    private Timeline _timeline;
    private Task _following = Task.CompletedTask;
    private Task _listening = Task.CompletedTask;
    private readonly TaskCompletionSource<JournalFailedException> _died = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile JournalFailedException? _failure;
    private int _disposed;

    private BatchJournal(IBatchStore store, StoreLife opening, JournalOptions options, TimeProvider time, ILogger? logger, JournalMetrics? metrics)
    {
        (_store, _options, _time, _metrics) = (store, options, time, metrics);
        _logger = logger ?? NullLogger.Instance;
        _timeline = opening.Timeline;
        _log = new(opening.Ends, options.RecentBytes, store.AnswersInline);
        _queue = new(store.AnswersInline);
        _poll = time.CreateTimer(_ => Poll(), null, PollInterval, PollInterval);
        _trim = time.CreateTimer(_ => StartTrim(), null, FirstTrim, TrimInterval);
        _late = time.CreateTimer(_ => OnLate(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    public Timeline Timeline => Volatile.Read(ref _timeline);

    /// <inheritdoc/>
    public long Head => _log.Head;

    /// <inheritdoc/>
    public long Floor => _log.Floor;

    /// <inheritdoc/>
    public Task<JournalFailedException> Died => _died.Task;

    /// <summary>
    /// Gets how long the store has not answered: null while all is well. Appends that wait then are undecided, and may have been committed; what is asked for anew
    /// would wait with them.
    /// </summary>
    public TimeSpan? AwayFor
    {
        get
        {
            var since = Math.Min(Volatile.Read(ref _appendSince), Volatile.Read(ref _readSince));
            return since != Answered && _time.GetElapsedTime(since) is var waited && waited > SlowAnswer ? waited : null;
        }
    }

    /// <summary>Opens the journal on a store.</summary>
    /// <param name="store">The store; disposed with the journal.</param>
    /// <param name="options">Sizes and times.</param>
    /// <param name="time">The clock of intervals. The time of entries is the store's.</param>
    /// <param name="logger">Logs what went wrong.</param>
    /// <param name="metrics">Receives commit counts and latencies; null disables metrics.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The journal.</returns>
    internal static async Task<BatchJournal> OpenAsync(
        IBatchStore store, JournalOptions options, TimeProvider time, ILogger? logger = null, JournalMetrics? metrics = null, CancellationToken cancellationToken = default)
    {
        var opening = await store.OpenAsync(cancellationToken).ConfigureAwait(false);
        var last = opening.Ends.Head > opening.Ends.Floor ? (await store.ReadAsync(opening.Ends.Head, 1, cancellationToken).ConfigureAwait(false)).Batches[0] : null;
        var journal = new BatchJournal(store, opening, options, time, logger, metrics);
        if (last is not null)
            journal._log.Begin(last);

        metrics?.Opened(() => (journal.Head, journal.Floor));
        journal._following = journal.FollowAsync();
        journal._listening = store.IsShared ? journal.ListenAsync() : Task.CompletedTask;
        LogOpened(journal._logger, journal.Timeline.Id, journal.Timeline.Current, journal.Floor, journal.Head);
        return journal;
    }

    /// <summary>Has what was taken decided, if the store answers within a few seconds, and closes the store.</summary>
    /// <returns>A task that ends when it is done; it does not fail.</returns>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;

        var closed = new ObjectDisposedException(nameof(BatchJournal), "The journal is closed.");
        _queue.Refuse(closed);
        var idle = _queue.WhenIdleAsync();
        if (!idle.IsCompleted && _failure is null)
        {
            using var inTime = new CancellationTokenSource();
            await Task.WhenAny(idle, Task.Delay(ClosingTime, _time, inTime.Token)).ConfigureAwait(false);
            await inTime.CancelAsync().ConfigureAwait(false);
        }

        await _poll.DisposeAsync().ConfigureAwait(false);
        await _trim.DisposeAsync().ConfigureAwait(false);
        await _late.DisposeAsync().ConfigureAwait(false);
        await _stop.CancelAsync().ConfigureAwait(false);
        _tailWakeup.Set();
        await idle.ConfigureAwait(false);
        await Task.WhenAll(_following, _listening, _trimming).ConfigureAwait(false);
        EndWaiting(closed);
        await _store.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    /// <summary>Ends the journal: all waiting and later calls fail.</summary>
    private JournalFailedException Fail(string doing, Exception cause)
    {
        var failure = new JournalFailedException($"{doing}: {cause.Message}", (cause as StoreLostException)?.Remedy ?? Remedy, cause) { IsTaken = cause is StoreTakenException };
        if (Interlocked.CompareExchange(ref _failure, failure, null) is { } earlier)
            return earlier;

        LogFailed(_logger, failure);
        _queue.Refuse(failure);
        EndWaiting(failure);
        _died.TrySetResult(failure);
        return failure;
    }

    private void EndWaiting(Exception why)
    {
        _log.Fail(why);
        EndRounds(why);
    }

    private Task DelayAsync(TimeSpan time) => Task.Delay(time, _time, _stop.Token);
}
