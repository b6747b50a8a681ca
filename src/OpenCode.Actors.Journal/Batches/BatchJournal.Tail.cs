namespace OpenCode.Actors.Journal.Batches;

/// <content>Following what other processes append: a hint or the clock wakes one reader, which reads on from the head.</content>
public sealed partial class BatchJournal
{
    private const int TailPageBytes = 1024 * 1024;

    private TaskCompletionSource<long>? _nextRound;
    private TaskCompletionSource<long>? _round;
    private long _readSince = Answered;
    private int _pollWanted;

    /// <inheritdoc/>
    public async ValueTask<long> CatchUpAsync(CancellationToken cancellationToken)
    {
        if (!_store.IsShared)
            return _failure is null ? Head : throw _failure;

        // Only a reading that begins after the call sees all that was committed before it; those that wait for one share it.
        var round = Volatile.Read(ref _nextRound);
        if (round is null)
        {
            var mine = new TaskCompletionSource<long>(_store.AnswersInline ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
            round = Interlocked.CompareExchange(ref _nextRound, mine, null) ?? mine;
        }

        if (_failure is not null || Volatile.Read(ref _disposed) != 0)
            throw (Exception?)_failure ?? new ObjectDisposedException(nameof(BatchJournal), "The journal is closed.");

        _tailWakeup.Set();
        return await round.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private void Poll()
    {
        Volatile.Write(ref _pollWanted, 1);
        _tailWakeup.Set();
    }

    private void EndRounds(Exception why)
    {
        Interlocked.Exchange(ref _nextRound, null)?.TrySetException(why);
        Interlocked.Exchange(ref _round, null)?.TrySetException(why);
    }

    private async Task FollowAsync()
    {
        await FollowUntilEndAsync().ConfigureAwait(false);
        EndRounds((Exception?)_failure ?? new ObjectDisposedException(nameof(BatchJournal), "The journal is closed."));
    }

    private async Task FollowUntilEndAsync()
    {
        var patience = default(Patience);
        while (true)
        {
            await _tailWakeup.WaitAsync().ConfigureAwait(false);
            try
            {
                if (_stop.IsCancellationRequested || _failure is not null)
                    return;

                // Kept over failed tries: its callers began to wait before any of them.
                _round ??= Interlocked.Exchange(ref _nextRound, null);
                if (Volatile.Read(ref _readSince) == Answered)
                    Volatile.Write(ref _readSince, _time.GetTimestamp());
                await ReadOnAsync().ConfigureAwait(false);
                await VerifyClaimsAsync().ConfigureAwait(false);
                Volatile.Write(ref _readSince, Answered);
                Interlocked.Exchange(ref _round, null)?.TrySetResult(Head);
                patience = default;
            }
            catch (StoreException e) when (e is not StoreLostException)
            {
                LogTailAway(_logger, patience.Level, e.Message);
                await PauseAsync(patience.Next()).ConfigureAwait(false);
                _tailWakeup.Set();
            }
            catch (OperationCanceledException)
            {
                return;
            }
#pragma warning disable CA1031 // Whatever it is, what comes next in the log is not known any more.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Fail("reading on in the log", Cause(e));
                return;
            }
        }
    }

    private async ValueTask ReadOnAsync()
    {
        if (Interlocked.Exchange(ref _pollWanted, 0) != 0 && await IsUpToDateAsync().ConfigureAwait(false) && _round is null)
            return;

        while (true)
        {
            var last = _log.Last;
            var page = await _store.ReadAsync(last?.Last ?? Head, TailPageBytes, _stop.Token).ConfigureAwait(false);
            await CheckSameLogAsync(last, page).ConfigureAwait(false);
            if (page.Batches is [.., { Body.IsEmpty: false } newest])
                _metrics?.Followed(page.Now - newest.At);
            await FollowGenerationAsync(page.Batches).ConfigureAwait(false);
            if (_log.Add(page.Batches) is { } missing)
                await ExplainHoleAsync(missing).ConfigureAwait(false);
            if (page.IsLast)
                return;
        }
    }

    private async ValueTask<bool> IsUpToDateAsync()
    {
        var head = Head;
        var ends = await _store.ReadEndsAsync(_stop.Token).ConfigureAwait(false);
        if (ends.Head < head)
            throw new StoreLifeException($"its head is {ends.Head}, but this process has read up to {head}");
        await FollowGenerationAsync(ends.Generation).ConfigureAwait(false);
        _log.Floor = Math.Max(Floor, ends.Floor);
        _metrics?.Lag(Math.Max(0, ends.Head - Head));
        return ends.Head <= Head;
    }

    /// <summary>Positions become visible in their order: what is missing in the middle was either removed, while this process stood still, or never there (RULES E4).</summary>
    private async ValueTask ExplainHoleAsync(long missing)
    {
        var ends = await _store.ReadEndsAsync(_stop.Token).ConfigureAwait(false);
        throw new InvalidDataException(ends.Floor >= missing
            ? $"this process stood still for longer than entries are kept: it needs {missing}, those up to {ends.Floor} are gone"
            : $"entry {missing} is missing, although later ones are there");
    }

    /// <summary>
    /// Compares the batch at the head with the one that this process has there. The store may have been taken back to an older state without a new life of its own, as a
    /// restored disk is, and others may have written on since (RULES A3).
    /// </summary>
    private async ValueTask CheckSameLogAsync(StoredBatch? last, StorePage page)
    {
        if (last is null || IsSameLog(last, page.Batches))
            return;

        var ends = await _store.ReadEndsAsync(_stop.Token).ConfigureAwait(false);
        if (ends.Floor < last.Last || ends.Head < last.Last)
            throw new StoreLifeException($"the batch at {last.First}, which this process has read, is not there (the head is {ends.Head} now)");
    }

    private static bool IsSameLog(StoredBatch last, IReadOnlyList<StoredBatch> batches) =>
        batches is [var found, ..] && (found.First, found.Count, found.At) == (last.First, last.Count, last.At);

    private async Task PauseAsync(TimeSpan time)
    {
        try
        {
            await DelayAsync(time).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Closing: the loop sees it.
        }
    }
}
