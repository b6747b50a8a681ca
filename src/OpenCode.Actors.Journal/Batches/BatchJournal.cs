using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using OpenCode.Actors.Journal.Stores;

namespace OpenCode.Actors.Journal.Batches;

/// <summary>
/// The journal over a store of batches: group commit (<see cref="Committer"/>), the tail (<see cref="TailFollower"/>, <see cref="HintListener"/>), generations, reading, retention. The store is this
/// process's own, or all nodes of a cluster append to it.
/// </summary>
/// <remarks>
/// While a shared store is away, appends are undecided and reads wait: nothing fails by it. What ends the journal is another life of the store
/// (rule "Life of the database") in which not all is that this process holds: then it has to start anew.
/// </remarks>
public sealed partial class BatchJournal : IJournal
{
    // How long a closing journal tries to have the last appends decided.
    private static readonly TimeSpan ClosingTime = TimeSpan.FromSeconds(3);

    private readonly IBatchStore _store;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly BatchLog _log;
    private readonly GenerationFollower _generations;
    private readonly JournalLifetime _life;
    private readonly TailFollower _tail;
    private readonly LogTrimmer _trimmer;
    private readonly Committer _committer;
    private readonly HintListener? _hints;
    private readonly JournalReader _reader;

    private BatchJournal(IBatchStore store, StoreLife opening, StoredBatch? last, JournalOptions options, TimeProvider time, ILogger logger, JournalMetrics? metrics)
    {
        (_store, _time) = (store, time);
        _log = new(opening.Ends, last, options.RecentBytes, store.IsSingleThreaded);
        _generations = new(store, _log, opening.Timeline, logger, _stop.Token);
        _life = new(_generations, time, logger, EndWaiting, _stop.Token);
        _tail = new(store, _log, _generations, _life, time, metrics);
        _trimmer = new(store, _log, options, _life, time, logger);
        _committer = new(store, _log, _generations, _tail, _trimmer, _life, time, metrics, logger);
        _reader = new(store, _log, _life);
        _hints = store.IsShared ? new(store, _log, _committer, _tail, _life, time) : null;
        _tail.Start();
        _trimmer.Start();
        _hints?.Start();
        metrics?.Opened(() => (Head, Floor));
        LogOpened(logger, store.Place, Timeline.Id, Timeline.Current, Floor, Head);
    }

    /// <inheritdoc/>
    public Timeline Timeline => _generations.Timeline;

    /// <inheritdoc/>
    public long Head => _log.Head;

    /// <inheritdoc/>
    public long Floor => _log.Floor;

    /// <inheritdoc/>
    public Task<JournalFailedException> Died => _life.Died;

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
        return new(store, opening, last, options, time, logger ?? NullLogger.Instance, metrics);
    }

    /// <inheritdoc/>
    public ValueTask<long> AppendAsync(JournalBatch batch, CancellationToken cancellationToken) => _committer.AppendAsync(batch, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<long> CatchUpAsync(CancellationToken cancellationToken)
    {
        if (_store.IsShared)
            return _tail.CatchUpAsync(cancellationToken);

        return _life.Failure is { } failure ? ValueTask.FromException<long>(failure) : new(Head);
    }

    /// <inheritdoc/>
    public async ValueTask VerifyAsync(long generation, long offset, CancellationToken cancellationToken)
    {
        // A store that only this process appends to is not taken back under it: its cursors are known.
        if (!_store.IsShared)
            return;

        // Before the round is asked for that looks into it.
        _generations.Claim(generation, offset);
        await CatchUpAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<EntryPage> ReadAsync(long after, EntryFilter filter, CancellationToken cancellationToken) => _reader.ReadAsync(after, filter, cancellationToken);

    /// <inheritdoc/>
    public ValueTask WaitBeyondAsync(long offset, CancellationToken cancellationToken) => _log.Waiters.WaitBeyondAsync(offset, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<StateRow> LoadAsync(string owner, CancellationToken cancellationToken) => _reader.RowsAsync(ct => _store.LoadAsync(owner, ct), cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<StateRow> ListAsync(string kind, CancellationToken cancellationToken) => _reader.RowsAsync(ct => _store.ListAsync(kind, ct), cancellationToken);

    /// <summary>Has what was taken decided, if the store answers within a few seconds, and closes the store.</summary>
    /// <returns>A task that ends when it is done; it does not fail.</returns>
    public async ValueTask DisposeAsync()
    {
        if (_life.Close() is not { } closed)
            return;

        _committer.Refuse(closed);
        var idle = _committer.WhenIdleAsync();
        if (!idle.IsCompleted && _life.Failure is null)
        {
            using var inTime = new CancellationTokenSource();
            await Task.WhenAny(idle, Task.Delay(ClosingTime, _time, inTime.Token)).ConfigureAwait(false);
            await inTime.CancelAsync().ConfigureAwait(false);
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        await _tail.DisposeAsync().ConfigureAwait(false);
        await idle.ConfigureAwait(false);
        if (_hints is not null)
            await _hints.DisposeAsync().ConfigureAwait(false);
        await _trimmer.DisposeAsync().ConfigureAwait(false);
        EndWaiting(closed);
        await _store.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    private void EndWaiting(Exception why)
    {
        _committer.Refuse(why);
        _log.Fail(why);
        _tail.EndRounds(why);
    }

    [LoggerMessage(EventId = 3020, Level = LogLevel.Information,
        Message = "Opened the journal in {Place}: timeline {Timeline}, generation {Generation}, entries {Floor} (exclusive) to {Head}.")]
    private static partial void LogOpened(ILogger logger, string place, string timeline, long generation, long floor, long head);
}
