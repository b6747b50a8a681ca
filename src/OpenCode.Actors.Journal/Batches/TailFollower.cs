using OpenCode.Actors.Journal.Stores;

namespace OpenCode.Actors.Journal.Batches;

/// <summary>Follows what other processes append: a hint or the clock wakes one reader, which reads on from the head.</summary>
internal sealed class TailFollower(IBatchStore store, BatchLog log, GenerationFollower generations, JournalLifetime life, TimeProvider time, JournalMetrics? metrics) : IAsyncDisposable
{
    private const int PageBytes = 1024 * 1024;

    // Hints are lost at times: this is how long it takes then until the others' events are seen.
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    private readonly Wakeup _wakeup = new();
    private ITimer? _poll;
    private Task _following = Task.CompletedTask;
    private TaskCompletionSource<long>? _nextRound;
    private TaskCompletionSource<long>? _round;
    private int _pollWanted;
    private long _hinted;

    /// <summary>Begins to follow.</summary>
    public void Start()
    {
        _poll = time.CreateTimer(_ => Poll(), null, PollInterval, PollInterval);
        _following = FollowAsync();
    }

    /// <summary>Has the reader read on from the head.</summary>
    public void Wake() => _wakeup.Set();

    /// <summary>Notes up to where there may be something; <see cref="ReadHinted"/> reads it.</summary>
    public void Hint(long offset)
    {
        // One that comes late must not hide a later one that waits.
        if (offset > _hinted)
            Volatile.Write(ref _hinted, offset);
    }

    /// <summary>Reads what was hinted at, unless it is here.</summary>
    public void ReadHinted()
    {
        // Of an own batch that waits for what is below it the reader knows already.
        if (Volatile.Read(ref _hinted) > Math.Max(log.Head, log.OwnLast))
            _wakeup.Set();
    }

    /// <summary>Reads all that was committed before the call.</summary>
    /// <returns>The head.</returns>
    public async ValueTask<long> CatchUpAsync(CancellationToken cancellationToken)
    {
        // Only a reading that begins after the call sees all that was committed before it; those that wait for one share it.
        var round = Volatile.Read(ref _nextRound);
        if (round is null)
        {
            var mine = new TaskCompletionSource<long>(store.IsSingleThreaded ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
            round = Interlocked.CompareExchange(ref _nextRound, mine, null) ?? mine;
        }

        if (life.Over is { } over)
            throw over;

        _wakeup.Set();
        return await round.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends the rounds that are waited for.</summary>
    public void EndRounds(Exception why)
    {
        Interlocked.Exchange(ref _nextRound, null)?.TrySetException(why);
        Interlocked.Exchange(ref _round, null)?.TrySetException(why);
    }

    /// <summary>Stops following, once the journal has failed or is closing.</summary>
    public async ValueTask DisposeAsync()
    {
        await _poll!.DisposeAsync().ConfigureAwait(false);
        _wakeup.Set();
        await _following.ConfigureAwait(false);
    }

    private void Poll()
    {
        Volatile.Write(ref _pollWanted, 1);
        _wakeup.Set();
    }

    private async Task FollowAsync()
    {
        var backoff = default(Backoff);
        while (true)
        {
            await _wakeup.WaitAsync().ConfigureAwait(false);
            try
            {
                if (life.Stopping.IsCancellationRequested || life.Failure is not null)
                    break;

                // Kept over failed tries: its callers began to wait before any of them.
                _round ??= Interlocked.Exchange(ref _nextRound, null);
                await ReadOnAsync().ConfigureAwait(false);
                await generations.VerifyClaimsAsync().ConfigureAwait(false);
                Interlocked.Exchange(ref _round, null)?.TrySetResult(log.Head);
                backoff = default;
            }
            catch (StoreException e) when (e is not StoreLostException)
            {
                await life.BackOffAsync(e, ref backoff, life.Stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                _wakeup.Set();
            }
            catch (OperationCanceledException) when (life.Stopping.IsCancellationRequested)
            {
                break;
            }
#pragma warning disable CA1031 // Whatever it is, what comes next in the log is not known any more.
            catch (Exception e)
#pragma warning restore CA1031
            {
                life.Fail("reading on in the log", e);
                break;
            }
        }

        EndRounds(life.Over!);
    }

    private async ValueTask ReadOnAsync()
    {
        if (Interlocked.Exchange(ref _pollWanted, 0) != 0 && await IsUpToDateAsync().ConfigureAwait(false) && _round is null)
            return;

        while (true)
        {
            var last = log.Last;
            var page = await store.ReadAsync(last?.Last ?? log.Head, PageBytes, life.Stopping).ConfigureAwait(false);
            if (last is not null && !last.IsStartOf(page.Batches))
                await CheckTrimmedAsync(last).ConfigureAwait(false);
            if (page.Batches is [.., { Body.IsEmpty: false } newest])
                metrics?.Followed(page.Now - newest.At);
            await generations.FollowAsync(page.Batches).ConfigureAwait(false);
            if (log.Add(page.Batches) is { } missing)
                await ExplainHoleAsync(missing).ConfigureAwait(false);
            if (page.IsLast)
                return;
        }
    }

    private async ValueTask<bool> IsUpToDateAsync()
    {
        var head = log.Head;
        var ends = await store.ReadEndsAsync(life.Stopping).ConfigureAwait(false);
        if (ends.Head < head)
            throw new StoreLifeException($"its head is {ends.Head}, but this process has read up to {head}");
        await generations.FollowAsync(ends.Generation).ConfigureAwait(false);
        log.RaiseFloor(ends.Floor);
        metrics?.Lag(Math.Max(0, ends.Head - log.Head));
        return ends.Head <= log.Head;
    }

    /// <summary>
    /// The batch at the head is another one than this process has there, or none. Where retention did not take it, the store was taken back to an older state without a new
    /// life of its own, as a restored disk is, and others may have written on since (rule "Good cursor").
    /// </summary>
    private async ValueTask CheckTrimmedAsync(StoredBatch last)
    {
        var ends = await store.ReadEndsAsync(life.Stopping).ConfigureAwait(false);
        if (ends.Floor < last.Last || ends.Head < last.Last)
            throw new StoreLifeException($"the batch at {last.First}, which this process has read, is not there (the head is {ends.Head} now)");
    }

    /// <summary>Positions become visible in their order: what is missing in the middle was either removed, while this process stood still, or never there (rule "Reads beside retention").</summary>
    private async ValueTask ExplainHoleAsync(long missing)
    {
        var ends = await store.ReadEndsAsync(life.Stopping).ConfigureAwait(false);
        throw new InvalidDataException(ends.Floor >= missing
            ? $"this process stood still for longer than entries are kept: it needs {missing}, those up to {ends.Floor} are gone"
            : $"entry {missing} is missing, although later ones are there");
    }
}
